#pragma once

#include <chrono>
#include <vector>

#include "embed/embedder.h"

namespace fit::embed {

// The measurement of one batch size.
struct BenchRow {
  int batch = 0;
  int runs = 0;
  std::chrono::duration<double, std::milli> median{};  // time of one run with the whole batch
  double per_second = 0;                               // images or texts per second
};

// The measurements of an embedder, by batch size.
struct BenchReport {
  std::vector<BenchRow> images;
  std::vector<BenchRow> texts;  // empty when the space has no text side
};

// Measures an embedder at batches of 1, 8 and 32, with seeded noise of the model's input size as images and
// generated texts. Each row takes about `time_per_row` and at least three runs, after one warm-up run.
// Blocks; returns the first error of the embedder.
Result<BenchReport> bench(Embedder& embedder,
                          std::chrono::milliseconds time_per_row = std::chrono::milliseconds(1500));

}  // namespace fit::embed
