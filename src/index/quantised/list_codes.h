#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/kernels/code_scan.h"
#include "index/quantised/codec.h"
#include "index/quantised/lists.h"

namespace fit::index {

// The centroids of many lists as codes of a few bytes, so that all of them are looked
// at for each query. A centroid is coded as vectors are, by its residual to the centroid of its group, with
// the codec of the segment. Immutable; thread-safe.
class ListCodes {
 public:
  ListCodes() = default;
  ListCodes(const Kernels& kernels, const Codec& codec, const Lists& lists);

  bool empty() const { return blocks_.empty(); }
  std::size_t memory_bytes() const { return blocks_.size(); }

  // Estimates the product of the query and each list's centroid. `tables` are those of the codec for the
  // query.
  void estimate(const Kernels& kernels, const CodeKernels& codes, const Lists& lists,
                const CodeTables& tables, const float* query, std::span<float> products) const;

 private:
  std::size_t block_bytes_ = 0;
  std::vector<std::uint8_t> blocks_;  // of 16 lists, by group
};

}  // namespace fit::index
