#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "index/kernels/code_scan.h"
#include "index/quantised/list_ranking.h"
#include "index/quantised/segment.h"

namespace fit::index {

// One query's scan of a segment's codes. Borrows the segment and the query. Not thread-safe.
class SegmentScan {
 public:
  SegmentScan(const Segment& segment, const Kernels& kernels, const CodeKernels& codes, const float* query);

  // Ranks at least `lists` of the segment's lists, the most promising first; fewer when it has fewer.
  void rank(std::size_t lists);
  std::size_t ranked() const { return ranking_.order().size(); }
  std::uint32_t ranked_list(std::size_t rank) const { return ranking_.order()[rank].list; }
  // The inner product of the query and the centroid of the list that has this rank.
  float product(std::size_t rank) const { return ranking_.order()[rank].product; }

  // The largest product of the query and the centroids of the most promising lists: about 1 for a query among
  // the segment's vectors, less for one that lies apart. Ranks lists.
  float nearness();

  // Calls use(estimate, row) for every row of the lists that rank from `begin` to before `end`.
  template <class Use>
  void scan(std::size_t begin, std::size_t end, const Use& use) const {
    for (std::size_t i = begin; i < std::min(end, ranked()); ++i) {
      scan_ranked(i, [&](float estimate, std::uint32_t slot) {
        if (const std::uint32_t row = segment_.row_of_slot(slot); row != kNoRow) use(estimate, row);
      });
    }
  }

  // Calls use(estimate, slot) for every slot of the list that has this rank. Slots without a row may be among
  // them.
  template <class Use>
  void scan_ranked(std::size_t rank, const Use& use) const {
    scan_list(ranking_.order()[rank].list, ranking_.order()[rank].product, use);
  }

  // Scans those slots alone whose bits are set: bit v of bits[b] is slot v of the list's block b.
  template <class Use>
  void scan_ranked(std::size_t rank, std::span<const std::uint16_t> bits, const Use& use) const {
    const Lists::Ranked& one = ranking_.order()[rank];
    std::array<float, kBlockVectors> estimates;
    const CodeTables tables = prepared_.tables.code_tables();
    const std::uint32_t first = segment_.first_block(one.list);
    for (std::uint32_t b = 0; b < bits.size(); ++b) {
      if (bits[b] == 0) continue;
      if (b + 1 < bits.size() && bits[b + 1] != 0) prefetch(first + b + 1);
      codes_.estimate(segment_.block(first + b), tables, one.product, estimates.data());
      for (std::uint32_t left = bits[b]; left != 0; left &= left - 1) {
        const auto v = static_cast<std::uint32_t>(std::countr_zero(left));
        use(estimates[v], static_cast<std::uint32_t>((first + b) * kBlockVectors + v));
      }
    }
  }

  // Calls use(estimate, row, slack) for every row: the similarity is at most estimate + slack.
  template <class Use>
  void scan_all(const Use& use) const {
    for (std::size_t list = 0; list < segment_.lists().size(); ++list) {
      const float product =
          kernels_.dot(query_, segment_.lists().centroid(list), segment_.codec().dimensions());
      const float slack = slack_of(list, product);
      scan_list(list, product, [&](float estimate, std::uint32_t slot) {
        if (const std::uint32_t row = segment_.row_of_slot(slot); row != kNoRow) use(estimate, row, slack);
      });
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
        codes_.estimate(segment_.block(block), prepared_.tables.code_tables(), product, estimates.data());
      }
      use(estimates[slot % kBlockVectors], segment_.row_of_slot(slot));
    }
  }

 private:
  template <class Use>
  void scan_list(std::size_t list, float product, const Use& use) const {
    std::array<float, kBlockVectors> estimates;
    const CodeTables tables = prepared_.tables.code_tables();
    segment_.prepare(list);
    const std::uint32_t end = segment_.first_block(list + 1);
    for (std::uint32_t block = segment_.first_block(list); block < end; ++block) {
      if (block + 1 < end) prefetch(block + 1);
      codes_.estimate(segment_.block(block), tables, product, estimates.data());
      for (std::size_t v = 0; v < kBlockVectors; ++v)
        use(estimates[v], static_cast<std::uint32_t>(block * kBlockVectors + v));
    }
  }

  void prefetch(std::size_t block) const {
    const std::size_t bytes = kBlockVectors * segment_.codec().code_bytes() + kFactorBytes;
    for (std::size_t byte = 0; byte < bytes; byte += 64) __builtin_prefetch(segment_.block(block) + byte);
  }

  struct Prepared {
    QueryTables tables;
    float spread = 0;
  };
  static Prepared prepare(const Segment& segment, const Kernels& kernels, const float* query);
  float slack_of(std::size_t list, float product) const;

  const Segment& segment_;
  const Kernels& kernels_;
  const CodeKernels& codes_;
  const float* query_;
  Prepared prepared_;
  ListRanking ranking_;
};

}  // namespace fit::index
