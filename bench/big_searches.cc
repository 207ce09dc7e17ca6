#include "big_searches.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/hash.h"

namespace fit::bench {

bool Filter::admits(std::int64_t id, std::uint32_t origin) const {
  if (is_category) return category[origin];
  const auto place = static_cast<double>(xxh3(std::as_bytes(std::span(&id, 1))) >> 11) / 9007199254740992.0;
  return place < share;
}

std::vector<Filter> make_filters(const CliplikeVectors& source) {
  std::vector<Filter> filters = {{"none"}};
  for (const double share : {0.1, 0.01, 0.001}) filters.push_back({.name = "random", .share = share});
  for (const double share : {0.1, 0.01}) {
    filters.push_back(
        {.name = "a category", .share = share, .is_category = true, .category = source.category(share)});
  }
  filters.push_back({.name = "left after deletes", .share = 0.81});
  return filters;
}

Json measure(const ExactAnswers& queries, std::size_t filter, const Search& search) {
  std::size_t right = 0;
  std::size_t wanted = 0;
  std::size_t full = 0;
  std::vector<double> times;
  for (int round = 0; round < 2; ++round) {  // the second one is timed
    times.clear();
    right = wanted = full = 0;
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const auto start = Clock::now();
      const std::vector<std::int64_t> found = search(q);
      times.push_back(seconds_since(start));
      right += queries.count_right(q, filter, found);
      wanted += queries.count(q, filter);
      full += found.size() >= queries.count(q, filter);
    }
  }
  std::ranges::sort(times);
  std::atomic<std::size_t> next{0};
  const std::size_t rounds = 4 * queries.size();
  const auto start = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < rounds; i = next++) (void)search(i % queries.size());
      });
    }
  }
  Json figures;
  figures["queries"] = queries.name();
  figures["per_second"] = static_cast<double>(rounds) / seconds_since(start);
  figures["recall"] = static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(wanted, 1));
  figures["full_pages"] = static_cast<double>(full) / static_cast<double>(queries.size());
  figures["p50_ms"] = times[times.size() / 2] * 1000;
  figures["p95_ms"] = times[times.size() * 95 / 100] * 1000;
  return figures;
}

}  // namespace fit::bench
