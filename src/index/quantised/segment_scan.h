#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "index/kernels/code_scan.h"
#include "index/quantised/segment.h"

namespace fit::index {

// How thoroughly a segment is searched, as found on held-out queries.
struct Calibration {
  std::uint32_t probes = 32;  // lists whose codes are scanned
  std::uint32_t reads = 200;  // vectors that are compared exactly
  float recall = 0;           // at 20, as measured with these
};

// One query's scan of a segment's codes. Borrows the segment and the query. Not thread-safe.
class SegmentScan {
 public:
  SegmentScan(const Segment& segment, const Kernels& kernels, const CodeKernels& codes, const float* query);

  // Ranks at least `lists` of the segment's lists, the most promising first; fewer when it has fewer.
  void rank(std::size_t lists);
  std::size_t ranked() const { return order_.size(); }

  // Calls use(estimate, row) for every row of the lists that rank from `begin` to before `end`.
  template <class Use>
  void scan(std::size_t begin, std::size_t end, const Use& use) const {
    for (std::size_t i = begin; i < std::min(end, order_.size()); ++i)
      scan_list(order_[i].list, order_[i].product, use);
  }

  // Ranks the lists, and scans those of the best `lists` that no earlier call has scanned.
  template <class Use>
  void scan_more(std::size_t lists, const Use& use) {
    rank(lists);
    if (scanned_.empty()) scanned_.resize(segment_.lists().size());
    for (const Lists::Ranked& one : order_) {
      if (scanned_[one.list]) continue;
      scanned_[one.list] = true;
      scan_list(one.list, one.product, use);
    }
  }

  // Calls use(estimate, row, slack) for every row: the similarity is at most estimate + slack.
  template <class Use>
  void scan_all(const Use& use) const {
    for (std::size_t list = 0; list < segment_.lists().size(); ++list) {
      const float product =
          kernels_.dot(query_, segment_.lists().centroid(list), segment_.codec().dimensions());
      const float slack = slack_of(list, product);
      scan_list(list, product, [&](float estimate, std::uint32_t row) { use(estimate, row, slack); });
    }
  }

  // Calls use(estimate, row) for these slots, which are ascending and have rows.
  template <class Use>
  void scan_slots(std::span<const std::uint32_t> slots, const Use& use) const {
    std::array<float, kBlockVectors> estimates;
    std::uint32_t block = ~std::uint32_t{0};
    std::uint32_t list = ~std::uint32_t{0};
    float product = 0;
    for (const std::uint32_t slot : slots) {
      if (slot / kBlockVectors != block) {
        block = slot / kBlockVectors;
        if (list == ~std::uint32_t{0} || block >= segment_.first_block(list + 1)) {
          list = segment_.list_of_block(block);
          segment_.prepare(list);
          product = kernels_.dot(query_, segment_.lists().centroid(list), segment_.codec().dimensions());
        }
        codes_.estimate(segment_.block(block), tables_.code_tables(), product, estimates.data());
      }
      use(estimates[slot % kBlockVectors], segment_.row_of_slot(slot));
    }
  }

 private:
  template <class Use>
  void scan_list(std::size_t list, float product, const Use& use) const {
    std::array<float, kBlockVectors> estimates;
    const CodeTables tables = tables_.code_tables();
    segment_.prepare(list);
    const std::uint32_t end = segment_.first_block(list + 1);
    for (std::uint32_t block = segment_.first_block(list); block < end; ++block) {
      if (block + 1 < end) prefetch(block + 1);
      codes_.estimate(segment_.block(block), tables, product, estimates.data());
      for (std::size_t v = 0; v < kBlockVectors; ++v) {
        const std::uint32_t row = segment_.row_of_slot(block * kBlockVectors + v);
        if (row != kNoRow) use(estimates[v], row);
      }
    }
  }

  void prefetch(std::size_t block) const {
    const std::size_t bytes = kBlockVectors * segment_.codec().code_bytes() + kFactorBytes;
    for (std::size_t byte = 0; byte < bytes; byte += 64) __builtin_prefetch(segment_.block(block) + byte);
  }

  float slack_of(std::size_t list, float product) const;

  const Segment& segment_;
  const Kernels& kernels_;
  const CodeKernels& codes_;
  const float* query_;
  float spread_ = 0;
  QueryTables tables_;
  std::vector<Lists::Ranked> order_;
  std::vector<bool> scanned_;  // by list; of scan_more()
};

}  // namespace fit::index
