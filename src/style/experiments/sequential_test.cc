#include "style/experiments/sequential_test.h"

#include <algorithm>
#include <cmath>

namespace fit::style {
namespace {

// Minimises (1 + 1/z)(ln(1 + z) - 2 ln 0.05), the square of the interval's width at n people as a function of
// z = n r; its derivative is 0 where z = ln(1 + z) - 2 ln 0.05.
constexpr double kBestMixture = 8.213;
constexpr double kNarrowestAt = 1'000;  // people

}  // namespace

std::optional<RatioEstimate> estimate_ratio(const PeopleSums& sums) {
  if (sums.people <= 0 || sums.x <= 0) return std::nullopt;
  RatioEstimate estimate{.people = sums.people, .ratio = sums.y / sums.x, .variance = 0};
  if (sums.people > 1) {
    const double r = estimate.ratio;
    const double squares = std::max(0.0, sums.yy - 2 * r * sums.xy + r * r * sums.xx);
    estimate.variance = squares / (sums.x * sums.x) * sums.people / (sums.people - 1);
  }
  return estimate;
}

ValidInterval valid_interval(double estimate, double variance, double people) {
  constexpr double kMixture = kBestMixture / kNarrowestAt;
  const double z = people * kMixture;
  const double squared_width = variance * 2 * (z + 1) / z * std::log(std::sqrt(z + 1) / kFalseAlarms);
  const double width = std::sqrt(squared_width);
  return {.low = estimate - width, .high = estimate + width};
}

std::optional<Comparison> compare_ratios(const PeopleSums& a, const PeopleSums& b) {
  const auto of_a = estimate_ratio(a);
  const auto of_b = estimate_ratio(b);
  if (!of_a || !of_b) return std::nullopt;
  Comparison comparison{.a = *of_a, .b = *of_b, .difference = of_b->ratio - of_a->ratio, .interval = {}};
  const double variance = of_a->variance + of_b->variance;
  if (std::min(of_a->people, of_b->people) >= kLeastPeople && variance > 0) {
    comparison.interval = valid_interval(comparison.difference, variance, of_a->people + of_b->people);
  }
  return comparison;
}

std::optional<ValidInterval> interval_of(const RatioEstimate& estimate) {
  if (estimate.people < 2 * kLeastPeople || estimate.variance <= 0) return std::nullopt;
  return valid_interval(estimate.ratio, estimate.variance, estimate.people);
}

}  // namespace fit::style
