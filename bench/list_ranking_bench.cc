// Measures how long the ranking of many lists takes: by their centroids, and by codes first.
//
//   list_ranking_bench REAL [LISTS]
//
// REAL is a file of embeddings (../shared/data/products/clip_vit_b32.f32). The last line of the output is
// JSON.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <set>

#include "base/json.h"
#include "cliplike.h"
#include "index/quantised/list_ranking.h"

namespace fit::bench {
namespace {

constexpr std::size_t kDims = CliplikeVectors::kDimensions;
constexpr std::size_t kQueries = 200;
constexpr std::size_t kThreads = 2;
constexpr std::size_t kRowsOfAList = 3;
constexpr std::size_t kWanted = 128;

using Clock = std::chrono::steady_clock;

void run(const char* real, std::size_t wanted) {
  const CliplikeVectors source(real);
  const index::Kernels kernels = index::best_kernels();
  const index::CodeKernels code_kernels = index::best_code_kernels();
  std::vector<float> rows;
  for (std::size_t begin = 0; begin < wanted * kRowsOfAList; begin += CliplikeVectors::kChunk) {
    const auto chunk =
        source.chunk(1, begin / CliplikeVectors::kChunk, CliplikeVectors::kChunk, {}, kThreads);
    rows.insert(rows.end(), chunk.begin(), chunk.end());
  }
  const index::Lists lists = index::Lists::train(kernels, rows, kDims, wanted, kThreads);
  std::vector<float> residuals(20'000 * kDims);
  for (std::size_t i = 0; i < 20'000; ++i) {
    const float* const row = rows.data() + i * kDims;
    const float* const centroid = lists.centroid(lists.nearest(kernels, row));
    float* const residual = residuals.data() + i * kDims;
    for (std::size_t d = 0; d < kDims; ++d) residual[d] = row[d] - centroid[d];
    const float length = std::sqrt(kernels.dot(residual, residual, kDims));
    for (std::size_t d = 0; d < kDims; ++d) residual[d] /= std::max(length, 1e-6F);
  }
  const index::Codec codec =
      index::Codec::train(kernels, residuals, kDims, index::code_bytes_for(kDims), kThreads);
  const index::ListCodes codes(kernels, codec, lists);

  const std::vector<float> queries = source.chunk(2, 0, kQueries, {.noise = 2, .shift = 0.35F}, kThreads);
  std::vector<double> exact_times;
  std::vector<double> code_times;
  std::size_t found = 0;
  for (std::size_t q = 0; q < kQueries; ++q) {
    const float* const query = queries.data() + q * kDims;
    std::vector<float> rotated(codec.axes());
    codec.rotate(kernels, query, rotated.data());
    const index::QueryTables tables = codec.tables(rotated.data());
    auto start = Clock::now();
    const auto exact = lists.rank(kernels, query, 0, kWanted);
    exact_times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    start = Clock::now();
    index::ListRanking ranking(lists, codes, query, 0);
    ranking.extend(kernels, code_kernels, tables.code_tables(), kWanted);
    code_times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    std::set<std::uint32_t> ranked;
    for (const auto& one : ranking.order()) ranked.insert(one.list);
    for (const auto& one : exact) found += ranked.contains(one.list);
  }
  std::ranges::sort(exact_times);
  std::ranges::sort(code_times);
  Json report;
  report["lists"] = lists.size();
  report["exact_ms"] = exact_times[kQueries / 2];
  report["codes_ms"] = code_times[kQueries / 2];
  report["codes_p95_ms"] = code_times[kQueries * 95 / 100];
  report["agreement"] = static_cast<double>(found) / static_cast<double>(kQueries * kWanted);
  std::cout << report.dump() << "\n";
}

}  // namespace
}  // namespace fit::bench

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: list_ranking_bench REAL [LISTS]\n");
    return 2;
  }
  fit::bench::run(argv[1], argc == 3 ? std::stoul(argv[2]) : 65'000);
  return 0;
}
