#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/kernels/kernels.h"

namespace fit::index {

// A query with its exact answer in one segment, to calibrate searches by.
struct Held {
  std::vector<float> query = {};
  std::uint32_t itself = ~std::uint32_t{0};      // a row that is the query, and does not count
  std::vector<std::uint32_t> nearest_rows = {};  // best first; empty when all are equally near
};

// Chooses queries, without their answers, from a sample of a segment's `rows` rows: rows as they are, rows
// that were moved by the residual of another row, a little or far, and rows that were moved in a direction in
// which the rows do not differ, as texts lie apart from all images. `sample` and `residuals` hold vectors one
// after the other, the sample evenly over all rows.
std::vector<Held> hold_queries(const Kernels& kernels, std::span<const float> sample,
                               std::span<const float> residuals, std::size_t dimensions, std::size_t rows);

}  // namespace fit::index
