#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fit::style {

// How often a value occurs among so many observations.
struct Share {
  std::int64_t count = 0;
  std::int64_t total = 0;  // at least `count`
};

// The log-likelihood ratio -2 ln(lambda) of two shares (Dunning, 1993): 0 where they are equal, larger the
// better the data tell them apart. Both totals are positive.
double likelihood_ratio(const Share& now, const Share& before);

// How probable a likelihood ratio of at least that of the two shares is where the value is equally frequent
// in both. Exact up to 1,000 occurrences in both together (by the hypergeometric distribution), from there on
// by the chi-square distribution, which the ratio then has.
double p_value(const Share& now, const Share& before);

// The ratio of two shares with its 95 % interval. Half an occurrence is added to each count, so that a value
// that is new has a finite ratio.
struct Growth {
  double ratio = 1;
  double low = 1;
  double high = 1;
};
Growth growth_of(const Share& now, const Share& before);

// Whether the growth differs from that at the same time a year before: the two-sided p-value of the
// difference of the logarithms.
double p_of_difference(const Share& now, const Share& before, const Share& year_now,
                       const Share& year_before);

// Which of the hypotheses with these p-values to reject so that the expected part of false rejections is at
// most `rate` (Benjamini and Hochberg, 1995).
std::vector<bool> rejected(std::span<const double> p_values, double rate);

}  // namespace fit::style
