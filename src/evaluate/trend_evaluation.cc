#include "evaluate/trend_evaluation.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "base/format.h"
#include "style/trends/trend_counts.h"

namespace fit::evaluate {
namespace {

using style::TrendCounts;
using style::TrendKind;
using style::TrendList;

constexpr std::size_t kMonthWindow = 1;
constexpr int kMonthDays = 28;
constexpr std::size_t kListings = 2'800;     // of a month
constexpr std::uint64_t kSteadySeeds = 100;  // how far the seeds of steady catalogues are from the others
const Timestamp kDrawnEnd{std::chrono::days(20'000)};

// How often each value of a kind occurs.
struct DrawnKind {
  TrendKind kind;
  std::vector<double> weights;
};

// As often as brands occur: the first often, many rarely.
std::vector<double> long_tail(std::size_t values) {
  std::vector<double> weights;
  double sum = 0;
  for (std::size_t i = 1; i <= values; ++i) {
    sum += weights.emplace_back(std::pow(static_cast<double>(i), -0.9));
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// Gives one value a share; the others share the rest as before.
void set_share(std::vector<double>& weights, std::size_t value, double share) {
  const double scale = (1 - share) / (1 - weights[value]);
  for (double& weight : weights) weight *= scale;
  weights[value] = share;
}

std::vector<DrawnKind> steady_kinds() {
  return {{TrendKind::kCategory, std::vector<double>(8, 1.0 / 8)},
          {TrendKind::kSubcategory, long_tail(60)},
          {TrendKind::kPrimaryColor, long_tail(14)},
          {TrendKind::kPattern, long_tail(12)},
          {TrendKind::kBrand, long_tail(300)},
          {TrendKind::kPriceBand, long_tail(10)}};
}

std::string drawn_value(std::size_t value) {
  return fit::format("value {}", value);
}

// Draws the listings of the month that ends so many days ago.
void draw_month(TrendCounts& counts, const std::vector<DrawnKind>& kinds, std::size_t listings, int days_ago,
                std::mt19937_64& random) {
  for (std::size_t i = 0; i < listings; ++i) {
    const Timestamp at = kDrawnEnd - std::chrono::days(days_ago) -
                         std::chrono::minutes(1 + random() % static_cast<unsigned>(kMonthDays * 24 * 60 - 2));
    counts.add_event(at);
    for (const DrawnKind& kind : kinds) {
      const double chance = std::generate_canonical<double, 53>(random);
      double sum = 0;
      std::size_t value = 0;
      while (value + 1 < kind.weights.size() && (sum += kind.weights[value]) < chance) ++value;
      counts.add(kind.kind, drawn_value(value), drawn_value(value), at);
    }
  }
}

// The trends of a catalogue with these kinds in the month and in the month before.
TrendList drawn_trends(const std::vector<DrawnKind>& now, const std::vector<DrawnKind>& before,
                       std::size_t listings_before, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  TrendCounts counts(kDrawnEnd);
  draw_month(counts, now, kListings, 0, random);
  draw_month(counts, before, listings_before, kMonthDays, random);
  return counts.trends(kMonthWindow);
}

// A value whose share is changed; `kind` is the place in steady_kinds().
struct PlantedTrend {
  std::size_t kind;
  std::size_t value;
  double before;
  double now;
};
constexpr PlantedTrend kPlanted[] = {{.kind = 2, .value = 6, .before = 0.05, .now = 0.10},
                                     {.kind = 4, .value = 299, .before = 0, .now = 0.02},
                                     {.kind = 4, .value = 6, .before = 0.03, .now = 0.07},
                                     {.kind = 1, .value = 9, .before = 0.04, .now = 0.09},
                                     {.kind = 3, .value = 5, .before = 0.05, .now = 0.015}};

void add_catalogue(TrendEvaluation& evaluation, const std::vector<DrawnKind>& kinds, const TrendList& list) {
  std::size_t missed = 0;
  for (const PlantedTrend& planted : kPlanted) {
    const auto& trends = planted.now > planted.before ? list.rising : list.falling;
    const bool is_found = std::ranges::any_of(trends, [&](const style::Trend& trend) {
      return trend.kind == kinds[planted.kind].kind && trend.value == drawn_value(planted.value);
    });
    if (!is_found) ++missed;
  }
  const std::size_t reported = list.rising.size() + list.falling.size();
  evaluation.planted += std::size(kPlanted);
  evaluation.missed += missed;
  evaluation.reported += reported;
  evaluation.others += reported + missed - std::size(kPlanted);
}

}  // namespace

Result<TrendEvaluation> evaluate_trends(const TrendEvaluationOptions& options, const std::stop_token& stop) {
  const auto steady = steady_kinds();
  auto before = steady;
  for (const PlantedTrend& one : kPlanted) set_share(before[one.kind].weights, one.value, one.before);
  auto now = before;
  for (const PlantedTrend& one : kPlanted) set_share(now[one.kind].weights, one.value, one.now);
  TrendEvaluation evaluation;
  for (std::size_t i = 0; i < options.catalogues; ++i) {
    if (stop.stop_requested()) return cancelled();
    add_catalogue(evaluation, steady, drawn_trends(now, before, kListings, options.seed + i));
    const TrendList list = drawn_trends(steady, steady, kListings / 2, options.seed + kSteadySeeds + i);
    if (!list.rising.empty() || !list.falling.empty()) ++evaluation.false_alarms;
  }
  return evaluation;
}

}  // namespace fit::evaluate
