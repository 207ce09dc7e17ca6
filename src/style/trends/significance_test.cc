#include "style/trends/significance.h"

#include <gtest/gtest.h>

#include <random>

namespace fit::style {
namespace {

TEST(Significance, TheLikelihoodRatioIsThatOfDunning) {
  // Table of 10 of 100 and 30 of 100: 2 sum of O ln(O / E).
  EXPECT_NEAR(likelihood_ratio({.count = 10, .total = 100}, {.count = 30, .total = 100}), 13.0, 0.1);
  EXPECT_NEAR(likelihood_ratio({.count = 20, .total = 100}, {.count = 40, .total = 200}), 0, 1e-9);
  EXPECT_NEAR(likelihood_ratio({.count = 5, .total = 5}, {.count = 9, .total = 9}), 0, 1e-9) << "all have it";
  EXPECT_GT(likelihood_ratio({.count = 10, .total = 100}, {.count = 0, .total = 100}), 13);
}

TEST(Significance, SmallCountsAreJudgedExactly) {
  // Five of five in one of two equal parts: twice 1 in 32, a little less because nothing is drawn twice.
  EXPECT_NEAR(p_value({.count = 5, .total = 10'000}, {.count = 0, .total = 10'000}), 2.0 / 32, 1e-3);
  EXPECT_NEAR(p_value({.count = 4, .total = 100}, {.count = 4, .total = 100}), 1, 1e-9);
  EXPECT_NEAR(p_value({.count = 0, .total = 100}, {.count = 0, .total = 100}), 1, 1e-9);
}

TEST(Significance, LargeCountsAreJudgedAlike) {
  const Share now{.count = 480, .total = 10'000};
  const Share before{.count = 420, .total = 10'000};
  const double exact = p_value(now, before);
  EXPECT_GT(exact, 0.02);
  EXPECT_LT(exact, 0.06);
  const double approximate =
      p_value({.count = 4'800, .total = 1'000'000}, {.count = 4'530, .total = 1'000'000});
  EXPECT_GT(approximate, 0.002);
  EXPECT_LT(approximate, 0.01);
}

TEST(Significance, ASteadyValueIsRarelyCalledChanged) {
  std::mt19937_64 random(7);
  int changed = 0;
  constexpr int kRounds = 4'000;
  for (int round = 0; round < kRounds; ++round) {
    std::binomial_distribution<std::int64_t> draw(1'000, 0.01);
    const Share now{.count = draw(random), .total = 1'000};
    const Share before{.count = draw(random), .total = 1'000};
    if (p_value(now, before) <= 0.05) ++changed;
  }
  EXPECT_LE(changed, kRounds * 6 / 100);
  EXPECT_GE(changed, kRounds * 1 / 100) << "the test has power";
}

TEST(Significance, GrowthHasAnInterval) {
  const Growth growth = growth_of({.count = 200, .total = 1'000}, {.count = 100, .total = 1'000});
  EXPECT_NEAR(growth.ratio, 2, 0.02);
  EXPECT_LT(growth.low, 1.7);
  EXPECT_GT(growth.low, 1.4);
  EXPECT_GT(growth.high, 2.3);
  EXPECT_LT(growth.high, 2.7);
  EXPECT_GT(growth_of({.count = 5, .total = 100}, {.count = 0, .total = 100}).high, 10) << "a new value";
}

TEST(Significance, AChangeLikeThatOfTheYearBeforeIsNone) {
  const Share now{.count = 300, .total = 1'000};
  const Share before{.count = 100, .total = 1'000};
  EXPECT_GT(p_of_difference(now, before, now, before), 0.99);
  EXPECT_LT(p_of_difference(now, before, before, before), 1e-6);
}

TEST(Significance, BenjaminiAndHochberg) {
  const std::vector<double> p_values = {0.9, 0.001, 0.02, 0.6, 0.021};
  // The limits are 0.01, 0.02, 0.03, 0.04 and 0.05; the third smallest is below its own.
  EXPECT_EQ(rejected(p_values, 0.05), (std::vector<bool>{false, true, true, false, true}));
  EXPECT_EQ(rejected({}, 0.05), std::vector<bool>());
  const std::vector<double> unlikely = {0.05, 0.06};
  EXPECT_EQ(rejected(unlikely, 0.05), (std::vector<bool>{false, false}));
}

}  // namespace
}  // namespace fit::style
