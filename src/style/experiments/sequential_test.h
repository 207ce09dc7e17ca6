#pragma once

#include <cstdint>
#include <optional>

namespace fit::style {

// Sums over people of two numbers of each, x and y, such as a person's searches and clicks. People with x = 0
// are left out.
struct PeopleSums {
  double people = 0;
  double x = 0;
  double y = 0;
  double xx = 0;  // of the squares of x
  double yy = 0;
  double xy = 0;  // of the products
};

// A ratio of two sums over people with the variance of its error.
struct RatioEstimate {
  double people = 0;
  double ratio = 0;     // the sum of y divided by the sum of x
  double variance = 0;  // of the ratio, by the delta method over people
};

// nullopt without anybody. The variance is that of a ratio of means of independent people, to first order:
// sum of (y - R x)^2 / (sum of x)^2, times n / (n - 1). What one person does in several searches may be as
// dependent as it likes.
std::optional<RatioEstimate> estimate_ratio(const PeopleSums& sums);

struct ValidInterval {
  double low = 0;
  double high = 0;

  bool excludes_zero() const { return low > 0 || high < 0; }
};

// The share of experiments without a difference in which an interval ever excludes 0, at most.
inline constexpr double kFalseAlarms = 0.05;
// The number of people of each variant from which on there are intervals.
inline constexpr double kLeastPeople = 50;

// The interval of a mean or of a difference of means that is always valid: with probability 1 - kFalseAlarms
// it has contained the true value at every look, however often and whenever somebody looks, so that an
// experiment may be stopped because of it. `variance` is of the estimate, `people` how many it is made from.
//
// It is the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024,
// "Time-uniform central limit theory and asymptotic confidence sequences", theorem 2.2), the boundary of
// Robbins' normal mixture (1970), which the mixture sequential probability ratio test has too (Johari,
// Pekelis and Walsh, 2017, "Always valid inference"):
//
//   estimate +- sqrt(n variance) sqrt(2 (n r + 1) / (n^2 r) ln(sqrt(n r + 1) / kFalseAlarms))
//
// with n people and r, the variance of the mixture in units of a person's, chosen so that the interval is as
// narrow as it can be at 1,000 people. It is 1.55 times as wide as an interval for one look there.
ValidInterval valid_interval(double estimate, double variance, double people);

// A comparison of variant B with variant A.
struct Comparison {
  RatioEstimate a;
  RatioEstimate b;
  double difference = 0;  // of the ratios, B minus A
  // nullopt while a variant has fewer than kLeastPeople, or where nobody differs from anybody.
  std::optional<ValidInterval> interval;
};

// Compares the ratios of two groups of people. nullopt while one of them has nobody.
std::optional<Comparison> compare_ratios(const PeopleSums& a, const PeopleSums& b);

// The interval of a ratio that is 0 without a difference, as that of what one person does with results of
// both variants: y is a person's clicks on those of B minus those of A. nullopt as above, with twice as many
// people.
std::optional<ValidInterval> interval_of(const RatioEstimate& estimate);

}  // namespace fit::style
