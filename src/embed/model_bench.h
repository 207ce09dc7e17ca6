#pragma once

#include <chrono>
#include <vector>

#include "embed/embedder.h"

namespace fit::embed {

struct BenchRow {
  int batch = 0;
  int runs = 0;
  std::chrono::duration<double, std::milli> median{};  // of one run with the whole batch
  double per_second = 0;                               // images, or texts
};

struct BenchReport {
  std::vector<BenchRow> images;
  std::vector<BenchRow> texts;  // empty when the space has no text side
};

// Times an embedder at batches of 1, 8 and 32 with seeded noise as images (already of the model's size) and
// made-up words, each for about `time_per_row` after one run to warm up, at least three runs.
Result<BenchReport> bench(Embedder& embedder,
                          std::chrono::milliseconds time_per_row = std::chrono::milliseconds(1500));

}  // namespace fit::embed
