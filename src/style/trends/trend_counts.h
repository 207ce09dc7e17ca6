#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/clock.h"
#include "style/trends/trend.h"

namespace fit::style {

// How surely a value must have changed.
struct TrendOptions {
  // The expected part of the trends that are none. Half of 1 in 20: events are not wholly independent.
  double false_rate = 0.025;
  std::int64_t least_count = 10;  // occurrences of a value in both windows together
  std::int64_t least_total = 50;  // occurrences of its kind in each window
  std::size_t most = 50;          // trends of each direction, the surest
};

// Counts events of one source by the values that they have, in all windows at once. A year is 364 days, so
// that weekdays meet weekdays. Memory grows with the number of different values, up to a limit. Not
// thread-safe.
class TrendCounts {
 public:
  static constexpr std::chrono::days kYear{364};

  static constexpr std::size_t kMostValues = 500'000;

  // `time` is the end of all windows. Each kind has at most `most_values`, the first that occur; later ones
  // are rare.
  explicit TrendCounts(Timestamp time, std::size_t most_values = kMostValues)
      : time_(time), most_values_(most_values) {}

  // Events of before that time count nowhere.
  static Timestamp earliest(Timestamp time) {
    return time - kYear - std::chrono::days(2 * kTrendWindows.back());
  }

  // Counts an event.
  void add_event(Timestamp at) { count_at(events_, at); }
  // Counts a value that an event has. `key` identifies it, `shown` is its name, or the centre of a cluster;
  // an empty key counts for nothing.
  void add(TrendKind kind, std::string_view key, std::string_view shown, Timestamp at);
  // Counts a value that is too rare for a trend, as one of its kind.
  void add_rare(TrendKind kind, Timestamp at) { count_at(totals_[static_cast<std::size_t>(kind)], at); }
  // As add(), for an event of a person, who counts once a week for each value, however often they act. The
  // events of one person follow one another.
  void add_of(std::string_view person, TrendKind kind, std::string_view key, std::string_view shown,
              Timestamp at);

  // The values of a window whose share differs from that of the window before. Where each of the two had
  // enough of the same time a year before, the change must also be larger than the change then.
  TrendList trends(std::size_t window, const TrendOptions& options = {}) const;

 private:
  // The window, the window before, and both a year before.
  using Periods = std::array<std::int64_t, 4>;
  struct Counts {
    std::array<Periods, kTrendWindows.size()> periods{};
    WeekCounts weeks{};
  };
  struct Value {
    std::string shown;
    Counts counts;
  };
  using Values = std::map<std::string, Value, std::less<>>;

  void count_at(Counts& counts, Timestamp at) const;

  const Timestamp time_;
  const std::size_t most_values_;
  Counts events_;
  std::array<Counts, kTrendKinds.size()> totals_;  // by kind
  std::array<Values, kTrendKinds.size()> values_;
  std::string person_;                         // whose events are being added
  std::unordered_set<std::uint64_t> counted_;  // hashes of their values, each with a week
};

}  // namespace fit::style
