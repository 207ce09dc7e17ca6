#include "big_changes.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

namespace fit::bench {

Json measure_inserts(index::VectorIndex& index, const CliplikeVectors& source, const ExactAnswers& queries,
                     std::size_t known) {
  constexpr std::size_t kBatch = 100;
  constexpr std::size_t kDims = CliplikeVectors::kDimensions;
  const std::vector<float> fresh = source.chunk(3, 0, CliplikeVectors::kChunk, {}, kThreads);
  const std::size_t count = fresh.size() / kDims / kBatch * kBatch;
  std::vector<double> times;
  std::atomic<bool> is_done = false;
  std::size_t found = 0;
  const auto start = Clock::now();
  {
    const std::jthread searcher([&] {
      for (std::size_t q = 0; !is_done; q = (q + 1) % queries.size()) {
        const auto one = Clock::now();
        (void)index.search(queries[q], {.limit = ExactAnswers::kLimit});
        times.push_back(seconds_since(one));
      }
    });
    for (std::size_t begin = 0; begin < count; begin += kBatch) {
      std::vector<index::Entry> entries;
      for (std::size_t i = begin; i < begin + kBatch; ++i) {
        const auto id = static_cast<std::int64_t>(known + i + 1);
        entries.push_back({{id}, {id}, std::span(fresh).subspan(i * kDims, kDims)});
      }
      check(index.upsert(entries));
      const auto at_once = index.search(entries.back().vector, {.limit = 1});
      found += at_once && at_once->size() == 1 && at_once->front().item == entries.back().item;
    }
    is_done = true;
  }
  Json figures;
  figures["per_second"] = static_cast<double>(count) / seconds_since(start);
  figures["found_at_once"] = static_cast<double>(found * kBatch) / static_cast<double>(count);
  std::ranges::sort(times);
  figures["search_p50_ms"] = times[times.size() / 2] * 1000;
  figures["search_p95_ms"] = times[times.size() * 95 / 100] * 1000;
  std::vector<ImageId> gone;  // the truth does not know them
  for (std::size_t i = 0; i < count; ++i) gone.push_back({static_cast<std::int64_t>(known + i + 1)});
  index.remove(gone);
  return figures;
}

}  // namespace fit::bench
