#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"

namespace fit::search {

// How far the latest vectors of a stream lie from the usual ones: 1 minus the cosine of the two mean vectors,
// each of which forgets old vectors. 0: nothing has shifted. Thread-safe.
class CentroidDrift {
 public:
  static constexpr std::uint64_t kRecent = 500;    // vectors that the recent mean is made of, about
  static constexpr std::uint64_t kUsual = 10'000;  // and the usual one

  // All vectors have the same length.
  void add(std::span<const float> vector);
  // nullopt until twice kRecent vectors were added, and where a mean is zero.
  std::optional<double> drift() const;

 private:
  mutable std::mutex mutex_;
  std::uint64_t added_ = 0;
  std::vector<double> recent_;
  std::vector<double> usual_;
};

// 1 minus the cosine of two vectors; nullopt where one is zero.
std::optional<double> distance_between(std::span<const double> a, std::span<const double> b);

// The first page of a search.
struct FirstPage {
  std::size_t hits = 0;
  double similarity = 0;            // of the first result; NaN: it has none
  std::optional<double> relevance;  // the highest of the page; nullopt: the space is not calibrated
};

// Counts what searches find, without what they ask for. Thread-safe.
class ResultQuality {
 public:
  // A page whose best result is less relevant than this counts as irrelevant.
  static constexpr double kRelevantFrom = 0.5;

  // `kinds` of queries, and the name of the searched space.
  ResultQuality(Metrics& metrics, std::span<const char* const> kinds, const std::string& space);

  // A first page, also one from the cache, by the number of its kind. Does not block.
  void note_page(std::size_t kind, const FirstPage& page);
  // The vector of a query that no cache has answered.
  void note_vector(std::span<const float> vector);

 private:
  static constexpr std::array<const char*, 4> kOutcomes = {"empty", "irrelevant", "relevant", "not_judged"};

  struct OfKind {
    std::array<Counter*, kOutcomes.size()> pages{};
    Histogram* similarity = nullptr;
  };

  Metrics& metrics_;
  const std::string space_;
  std::vector<OfKind> kinds_;
  CentroidDrift drift_;
  std::atomic<std::uint64_t> vectors_ = 0;
};

}  // namespace fit::search
