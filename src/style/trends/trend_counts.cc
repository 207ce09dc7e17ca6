#include "style/trends/trend_counts.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/format.h"

namespace fit::style {
namespace {

constexpr std::chrono::days kWeek{7};

// The p-value of a change, given that at the same time a year before. Both must be unlikely: the change
// itself, and its difference to that one. A change that was as large or larger then is the season's.
double seasonal_p_value(double p, const Trend& trend, const Share& year_now, const Share& year_before) {
  const bool exceeds = trend.is_rising() ? trend.growth.ratio > trend.year_before->ratio
                                         : trend.growth.ratio < trend.year_before->ratio;
  if (!exceeds) return 1;
  return std::max(p, p_of_difference(trend.now, trend.before, year_now, year_before));
}

ImageId image_of(const std::string& text) {
  return {parse_id("centre", text).value_or(0)};
}

// The number of whole weeks before the end of the windows; `age` is positive.
std::int64_t weeks_in(std::chrono::microseconds age) {
  return (age - std::chrono::microseconds(1)) / kWeek;
}

}  // namespace

void TrendCounts::count_at(Counts& counts, Timestamp at) const {
  const auto age = time_ - at;
  if (age <= std::chrono::microseconds::zero()) return;  // it has not taken place yet
  for (std::size_t window = 0; window < kTrendWindows.size(); ++window) {
    const std::chrono::days length(kTrendWindows[window]);
    Periods& periods = counts.periods[window];
    if (age <= length) ++periods[0];
    if (age > length && age <= 2 * length) ++periods[1];
    if (age > kYear && age <= kYear + length) ++periods[2];
    if (age > kYear + length && age <= kYear + 2 * length) ++periods[3];
  }
  const auto weeks = static_cast<std::size_t>(weeks_in(age));
  if (weeks < kTrendWeeks) ++counts.weeks[kTrendWeeks - 1 - weeks];
}

void TrendCounts::add(TrendKind kind, std::string_view key, std::string_view shown, Timestamp at) {
  if (key.empty() || at <= earliest(time_) || at >= time_) return;
  const auto index = static_cast<std::size_t>(kind);
  Values& values = values_[index];
  auto found = values.find(key);
  if (found == values.end()) {
    if (values.size() >= most_values_) return add_rare(kind, at);
    found = values.emplace(std::string(key), Value{.shown = std::string(shown), .counts = {}}).first;
  }
  count_at(found->second.counts, at);
  count_at(totals_[index], at);
}

void TrendCounts::add_of(std::string_view person, TrendKind kind, std::string_view key,
                         std::string_view shown, Timestamp at) {
  if (key.empty() || at <= earliest(time_) || at >= time_) return;
  if (person != person_) {
    person_ = person;
    counted_.clear();
  }
  const std::string event = fit::format("{}\n{}\n{}", static_cast<int>(kind), weeks_in(time_ - at), key);
  if (!counted_.insert(std::hash<std::string>{}(event)).second) return;
  add(kind, key, shown, at);
}

TrendList TrendCounts::trends(std::size_t window, const TrendOptions& options) const {
  TrendList list;
  list.count = events_.periods.at(window)[0];
  list.count_before = events_.periods[window][1];
  std::vector<Trend> tested;
  std::vector<double> p_values;
  for (std::size_t kind = 0; kind < kTrendKinds.size(); ++kind) {
    const Periods& totals = totals_[kind].periods[window];
    if (totals[0] < options.least_total || totals[1] < options.least_total) continue;
    const bool has_year = totals[2] >= options.least_total && totals[3] >= options.least_total;
    for (const auto& [key, value] : values_[kind]) {
      const Periods& counts = value.counts.periods[window];
      if (counts[0] + counts[1] < options.least_count) continue;
      Trend trend{.kind = static_cast<TrendKind>(kind),
                  .value = value.shown,
                  .image = {},
                  .now = {.count = counts[0], .total = totals[0]},
                  .before = {.count = counts[1], .total = totals[1]},
                  .growth = {},
                  .likelihood_ratio = 0,
                  .year_before = {},
                  .weeks = value.counts.weeks};
      if (trend.kind == TrendKind::kCluster) {
        trend.value = key;
        trend.image = image_of(value.shown);
      }
      trend.growth = growth_of(trend.now, trend.before);
      trend.likelihood_ratio = likelihood_ratio(trend.now, trend.before);
      double p = p_value(trend.now, trend.before);
      if (has_year && counts[2] + counts[3] >= options.least_count) {
        const Share year_now{.count = counts[2], .total = totals[2]};
        const Share year_before{.count = counts[3], .total = totals[3]};
        trend.year_before = growth_of(year_now, year_before);
        p = seasonal_p_value(p, trend, year_now, year_before);
      }
      tested.push_back(std::move(trend));
      p_values.push_back(p);
    }
  }
  list.tested = tested.size();
  const std::vector<bool> changed = rejected(p_values, options.false_rate);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    if (!changed[i]) continue;
    (tested[i].is_rising() ? list.rising : list.falling).push_back(std::move(tested[i]));
  }
  for (std::vector<Trend>* const found : {&list.rising, &list.falling}) {
    std::ranges::stable_sort(*found, std::ranges::greater{}, &Trend::likelihood_ratio);
    if (found->size() > options.most) found->resize(options.most);
  }
  return list;
}

}  // namespace fit::style
