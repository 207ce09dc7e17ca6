#include "style/trends/significance.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace fit::style {
namespace {

constexpr std::int64_t kMostExact = 1'000;
constexpr double kHalf = 0.5;         // is added to counts, which may be 0
constexpr double kTwoSided95 = 1.96;  // standard deviations of a normal distribution

double part_of_ratio(double observed, double expected) {
  return observed > 0 ? observed * std::log(observed / expected) : 0;
}

// The logarithm of the ratio of two shares, and its variance.
struct LogRatio {
  double value = 0;
  double variance = 0;
};

LogRatio log_ratio(const Share& now, const Share& before) {
  const double one = static_cast<double>(now.count) + kHalf;
  const double other = static_cast<double>(before.count) + kHalf;
  const double one_total = static_cast<double>(now.total) + kHalf;
  const double other_total = static_cast<double>(before.total) + kHalf;
  return {.value = std::log(one / one_total) - std::log(other / other_total),
          .variance = std::max(0.0, 1 / one - 1 / one_total) + std::max(0.0, 1 / other - 1 / other_total)};
}

// The occurrences of the value in the first share, where both shares have it equally: each possible number
// with a weight that is proportional to its probability.
double exact_p_value(const Share& now, const Share& before) {
  const std::int64_t together = now.count + before.count;
  const std::int64_t least = std::max<std::int64_t>(0, together - before.total);
  const std::int64_t most = std::min(together, now.total);
  const double observed = likelihood_ratio(now, before);
  const double tolerance = 1e-9 * (1 + observed);
  double all = 0;
  double extreme = 0;
  const auto take = [&](std::int64_t count, double weight) {
    all += weight;
    const double ratio = likelihood_ratio({.count = count, .total = now.total},
                                          {.count = together - count, .total = before.total});
    if (ratio >= observed - tolerance) extreme += weight;
  };
  // The probability of one number more, relative to that of the number.
  const auto step = [&](std::int64_t count) {
    return static_cast<double>(now.total - count) * static_cast<double>(together - count) /
           (static_cast<double>(count + 1) * static_cast<double>(before.total - together + count + 1));
  };
  // The most probable number has the weight 1, so that no weight is too large.
  const double expected = static_cast<double>(together) * static_cast<double>(now.total) /
                          static_cast<double>(now.total + before.total);
  const std::int64_t middle = std::clamp(static_cast<std::int64_t>(expected), least, most);
  take(middle, 1);
  double weight = 1;
  for (std::int64_t count = middle; count < most; ++count) {
    weight *= step(count);
    take(count + 1, weight);
  }
  weight = 1;
  for (std::int64_t count = middle; count > least; --count) {
    weight /= step(count - 1);
    take(count - 1, weight);
  }
  return std::min(1.0, extreme / all);
}

}  // namespace

double likelihood_ratio(const Share& now, const Share& before) {
  const auto one = static_cast<double>(now.count);
  const auto other = static_cast<double>(before.count);
  const auto one_total = static_cast<double>(now.total);
  const auto other_total = static_cast<double>(before.total);
  const double share = (one + other) / (one_total + other_total);
  const double sum = part_of_ratio(one, one_total * share) + part_of_ratio(other, other_total * share) +
                     part_of_ratio(one_total - one, one_total * (1 - share)) +
                     part_of_ratio(other_total - other, other_total * (1 - share));
  return std::max(0.0, 2 * sum);
}

double p_value(const Share& now, const Share& before) {
  if (now.count + before.count <= kMostExact) return exact_p_value(now, before);
  return std::erfc(std::sqrt(likelihood_ratio(now, before) / 2));
}

Growth growth_of(const Share& now, const Share& before) {
  const LogRatio ratio = log_ratio(now, before);
  const double reach = kTwoSided95 * std::sqrt(ratio.variance);
  return {.ratio = std::exp(ratio.value),
          .low = std::exp(ratio.value - reach),
          .high = std::exp(ratio.value + reach)};
}

double p_of_difference(const Share& now, const Share& before, const Share& year_now,
                       const Share& year_before) {
  const LogRatio present = log_ratio(now, before);
  const LogRatio past = log_ratio(year_now, year_before);
  const double deviation = std::sqrt(present.variance + past.variance);
  if (deviation <= 0) return 1;
  return std::erfc(std::abs(present.value - past.value) / (deviation * std::numbers::sqrt2));
}

std::vector<bool> rejected(std::span<const double> p_values, double rate) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  std::size_t count = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double limit = rate * static_cast<double>(i + 1) / static_cast<double>(order.size());
    if (p_values[order[i]] <= limit) count = i + 1;
  }
  std::vector<bool> result(p_values.size(), false);
  for (std::size_t i = 0; i < count; ++i) result[order[i]] = true;
  return result;
}

}  // namespace fit::style
