#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/result.h"
#include "style/trends/significance.h"

namespace fit::style {

// What a value is of.
enum class TrendKind : std::uint8_t {
  kCategory,
  kSubcategory,
  kPrimaryColor,
  kPattern,
  kBrand,
  kPriceBand,  // "EUR 20-50"
  kCluster,    // the id of a cluster of images that look alike
};
inline constexpr std::array<std::string_view, 7> kTrendKinds = {
    "category", "subcategory", "primary_color", "pattern", "brand", "price_band", "cluster"};
std::string_view to_string(TrendKind kind);

// The lengths of time that are compared with as long a time before.
inline constexpr std::array<std::int64_t, 3> kTrendWindows = {7, 28, 90};  // in days
inline constexpr std::size_t kDefaultTrendWindow = 1;
// The index in kTrendWindows of "7d", "28d" or "90d". kInvalid naming `field`.
Result<std::size_t> parse_trend_window(std::string_view field, std::string_view text);
// "28d".
std::string trend_window_name(std::size_t window);

// The weeks whose counts a trend shows, the oldest first.
inline constexpr std::size_t kTrendWeeks = 26;
using WeekCounts = std::array<std::int64_t, kTrendWeeks>;

// A value whose share has changed.
struct Trend {
  TrendKind kind = TrendKind::kCategory;
  std::string value;
  std::optional<ImageId> image = {};  // of a cluster: its centre
  Share now = {};                     // among the values of its kind in the window
  Share before = {};                  // in the window before
  Growth growth = {};
  double likelihood_ratio = 0;
  // The growth at the same time a year before, where there is enough of that time.
  std::optional<Growth> year_before = {};
  WeekCounts weeks = {};

  bool is_rising() const { return growth.ratio > 1; }
};

// The trends of one source of events.
struct TrendList {
  std::int64_t count = 0;         // events in the window
  std::int64_t count_before = 0;  // in the window before
  std::size_t tested = 0;         // values
  std::vector<Trend> rising;      // the surest first
  std::vector<Trend> falling;
};

// The trends of a catalogue in one window.
struct TrendReport {
  std::size_t window = kDefaultTrendWindow;
  Timestamp computed_at;  // the end of the window
  TrendList listings;
  TrendList saves;
  TrendList searches;
};

// As the API has it.
Json to_json(const TrendReport& report);
// The same before any was computed.
Json no_trends(std::size_t window);

}  // namespace fit::style
