#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "cliplike.h"
#include "exact_answers.h"
#include "index/item_set.h"

namespace fit::bench {

inline constexpr std::size_t kThreads = 2;

using Clock = std::chrono::steady_clock;
inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A filter of a run.
struct Filter {
  std::string name;
  double share = 1;
  bool is_category = false;  // it admits items whose vectors lie together
  std::vector<bool> category = {};
  index::ItemSet items = {};

  bool admits(std::int64_t id, std::uint32_t origin) const;
};

// The first one admits all items, the last one those that are left after the deletes.
std::vector<Filter> make_filters(const CliplikeVectors& source);

// A search of query number q: the ids of the items found.
using Search = std::function<std::vector<std::int64_t>(std::size_t q)>;

// Recall, full pages, times for one client, and searches a second for two.
Json measure(const ExactAnswers& queries, std::size_t filter, const Search& search);

}  // namespace fit::bench
