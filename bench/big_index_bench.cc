// Measures the quantised index: build, memory, recall against exact results, speed.
//
//   big_index_bench REAL N FOLDER [QUERIES]
//
// REAL is a file of embeddings (../shared/data/products/clip_vit_b32.f32), N the number of vectors, FOLDER a
// place for the index, which is removed at the end. The last line of the output is JSON.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>

#include "base/fd.h"
#include "base/format.h"
#include "base/json.h"
#include "base/parallel.h"
#include "cliplike.h"
#include "index/factory/open_index.h"
#include "index/quantised/quantised_index.h"

namespace fit::bench {
namespace {

constexpr std::size_t kDims = CliplikeVectors::kDimensions;
constexpr std::size_t kLimit = 20;
constexpr int kThreads = 2;

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Queries with their exact results, which gather while the vectors stream by.
struct QuerySet {
  std::string name;
  std::vector<float> vectors = {};
  std::vector<std::vector<std::pair<float, std::int64_t>>> best = {};  // ascending by negative similarity

  std::size_t size() const { return vectors.size() / kDims; }
  std::span<const float> operator[](std::size_t q) const {
    return std::span(vectors).subspan(q * kDims, kDims);
  }

  void compare(const index::Kernels& kernels, std::span<const float> chunk, std::int64_t first) {
    parallel_for(size(), {.threads = kThreads}, [&](std::size_t q) {
      auto& nearest = best[q];
      for (std::size_t i = 0; i < chunk.size() / kDims; ++i) {
        const float similarity = kernels.dot((*this)[q].data(), chunk.data() + i * kDims, kDims);
        if (nearest.size() == kLimit && -similarity >= nearest.back().first) continue;
        const std::pair one(-similarity, first + static_cast<std::int64_t>(i));
        nearest.insert(std::ranges::upper_bound(nearest, one), one);
        if (nearest.size() > kLimit) nearest.pop_back();
      }
    });
  }
};

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

Json measure(const index::VectorIndex& index, const QuerySet& queries) {
  std::size_t found = 0;
  std::vector<double> times;
  for (int round = 0; round < 2; ++round) {  // the second one is timed
    times.clear();
    found = 0;
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const auto start = Clock::now();
      const auto answer = index.search(queries[q], {.limit = kLimit});
      times.push_back(seconds_since(start));
      if (!answer) throw std::runtime_error(answer.error().describe());
      for (const auto& neighbor : *answer) {
        found += std::ranges::any_of(queries.best[q],
                                     [&](const auto& one) { return one.second == neighbor.item.value; });
      }
    }
  }
  std::ranges::sort(times);
  std::atomic<std::size_t> next{0};
  const std::size_t rounds = 4 * queries.size();
  const auto start = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < rounds; i = next++)
          (void)index.search(queries[i % queries.size()], {.limit = kLimit});
      });
    }
  }
  const double per_second = static_cast<double>(rounds) / seconds_since(start);
  Json figures;
  figures["queries"] = queries.name;
  figures["recall"] = static_cast<double>(found) / static_cast<double>(queries.size() * kLimit);
  figures["p50_ms"] = times[times.size() / 2] * 1000;
  figures["p95_ms"] = times[times.size() * 95 / 100] * 1000;
  figures["per_second"] = per_second;
  return figures;
}

// Drops the files of the folder from the system's cache.
void forget(const std::filesystem::path& folder) {
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const Fd fd(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
    ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
  }
}

// The times of a start with a cold cache: until the index is open, until it has answered a first query, and
// what reading and verifying everything takes, which happens behind.
Json cold_start(const std::filesystem::path& folder, std::span<const float> query) {
  Json times;
  forget(folder);
  auto start = Clock::now();
  const auto opened = index::open_index(
      folder, {.kind = index::IndexKind::kQuantised, .dimensions = static_cast<int>(kDims)});
  if (!opened) throw std::runtime_error(opened.error().describe());
  times["open_seconds"] = seconds_since(start);
  start = Clock::now();
  if (auto found = opened->index->search(query, {.limit = kLimit}); !found)
    throw std::runtime_error(found.error().describe());
  times["first_search_seconds"] = seconds_since(start);
  forget(folder);
  start = Clock::now();
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (!file.path().filename().string().starts_with("segment-")) continue;
    const auto segment = index::Segment::open(file.path(), kDims);
    if (!segment || !(*segment)->load() || !(*segment)->verify_rows({}))
      throw std::runtime_error("a segment is damaged");
  }
  times["read_everything_seconds"] = seconds_since(start);
  return times;
}

void run(const std::filesystem::path& real, std::size_t n, const std::filesystem::path& folder,
         std::size_t query_count) {
  const CliplikeVectors source(real);
  const index::Kernels kernels = index::best_kernels();
  std::vector<QuerySet> sets;
  sets.push_back({"like the catalogue", source.chunk(2, 0, query_count, {}, kThreads)});
  sets.push_back({"harder", source.chunk(2, 0, query_count, {.noise = 2, .shift = 0.35F}, kThreads)});
  for (QuerySet& set : sets) set.best.resize(set.size());

  const std::size_t before = resident_bytes();
  index::QuantisedIndex index({.kind = index::IndexKind::kQuantised,
                               .dimensions = static_cast<int>(kDims),
                               .build_threads = kThreads},
                              folder);
  double building = 0;
  for (std::size_t begin = 0; begin < n; begin += CliplikeVectors::kChunk) {
    const std::size_t size = std::min(CliplikeVectors::kChunk, n - begin);
    const auto chunk = source.chunk(1, begin / CliplikeVectors::kChunk, size, {}, kThreads);
    std::vector<index::Entry> entries;
    for (std::size_t i = 0; i < size; ++i) {
      const auto id = static_cast<std::int64_t>(begin + i + 1);
      entries.push_back({{id}, {id}, std::span(chunk).subspan(i * kDims, kDims)});
    }
    for (QuerySet& set : sets) set.compare(kernels, chunk, entries.front().item.value);
    const auto start = Clock::now();
    if (auto done = index.upsert(entries); !done) throw std::runtime_error(done.error().describe());
    building += seconds_since(start);
  }
  const auto settling = Clock::now();
  index.settle();
  building += seconds_since(settling);
  const auto saving = Clock::now();
  if (auto done = index.checkpoint(1, "bench"); !done) throw std::runtime_error(done.error().describe());
  std::uintmax_t disk = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) disk += file.file_size();
  Json report;
  report["vectors"] = n;
  report["build_seconds"] = building;
  report["checkpoint_seconds"] = seconds_since(saving);
  report["memory_bytes_a_vector"] = static_cast<double>(index.stats().memory_bytes) / static_cast<double>(n);
  report["resident_bytes"] = resident_bytes() - before;
  report["disk_bytes_a_vector"] = static_cast<double>(disk) / static_cast<double>(n);
  for (const index::Calibration& one : index.calibrations())
    report["segments"].push_back({{"probes", one.probes}, {"reads", one.reads}, {"recall", one.recall}});
  report["cold_start"] = cold_start(folder, sets.front()[0]);
  for (const QuerySet& set : sets) report["searches"].push_back(measure(index, set));
  std::cout << report.dump() << "\n";
}

}  // namespace
}  // namespace fit::bench

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) {
    std::fprintf(stderr, "usage: big_index_bench REAL N FOLDER [QUERIES]\n");
    return 2;
  }
  const std::filesystem::path folder = argv[3];
  std::filesystem::create_directories(folder);
  fit::bench::run(argv[1], std::stoul(argv[2]), folder, argc == 5 ? std::stoul(argv[4]) : 200);
  std::filesystem::remove_all(folder);
  return 0;
}
