#include "style/fusion/fusion_guard.h"

#include <gtest/gtest.h>

#include <random>

namespace fit::style {
namespace {

// Searches until the verdict, of which the adapted weights win a share; `limit` when it does not come.
int searches_until(FusionGuard& guard, FusionGuard::Verdict wanted, double share, std::uint64_t seed,
                   int limit) {
  std::mt19937_64 random(seed);
  for (int i = 1; i <= limit; ++i) {
    const bool won = static_cast<double>(random() >> 11U) * 0x1p-53 < share;
    if (guard.count(won) == wanted) return i;
  }
  return limit;
}

TEST(FusionGuardTest, FallsBackWhenAdaptedWeightsLose) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    FusionGuard guard;
    EXPECT_LT(searches_until(guard, FusionGuard::Verdict::kFallBack, 0.3, seed, 1000), 400);
    EXPECT_TRUE(guard.is_fallback());
    EXPECT_EQ(guard.state().fallbacks, 1);
  }
}

TEST(FusionGuardTest, StaysWhenAdaptedWeightsWin) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    FusionGuard guard;
    EXPECT_EQ(searches_until(guard, FusionGuard::Verdict::kFallBack, 0.6, seed, 5000), 5000);
  }
}

TEST(FusionGuardTest, FalseAlarmsAreRareWithoutADifference) {
  double searches = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    FusionGuard guard;
    searches += searches_until(guard, FusionGuard::Verdict::kFallBack, 0.5, seed, 20'000);
  }
  EXPECT_GT(searches / 50, FusionGuard::kEvidence);
}

TEST(FusionGuardTest, ALongTimeOfWinsDoesNotHideALoss) {
  FusionGuard guard;
  searches_until(guard, FusionGuard::Verdict::kFallBack, 0.9, 1, 10'000);
  ASSERT_FALSE(guard.is_fallback());
  EXPECT_LT(searches_until(guard, FusionGuard::Verdict::kFallBack, 0.2, 2, 1000), 200);
}

TEST(FusionGuardTest, ReturnsWhenAdaptedWeightsAreBetter) {
  FusionGuard guard;
  searches_until(guard, FusionGuard::Verdict::kFallBack, 0.2, 3, 1000);
  ASSERT_TRUE(guard.is_fallback());
  FusionGuard still = guard;
  EXPECT_EQ(searches_until(still, FusionGuard::Verdict::kReturn, 0.4, 4, 5000), 5000);
  EXPECT_LT(searches_until(guard, FusionGuard::Verdict::kReturn, 0.75, 5, 1000), 300);
  EXPECT_FALSE(guard.is_fallback());
  EXPECT_EQ(guard.state().worse, FusionGuard::State{}.worse);
}

TEST(FusionGuardTest, CountsBothSides) {
  FusionGuard guard;
  guard.count(true);
  guard.count(false);
  guard.count(false);
  EXPECT_EQ(guard.state().adapted_wins, 1);
  EXPECT_EQ(guard.state().fixed_wins, 2);
  const FusionGuard same(guard.state());
  EXPECT_DOUBLE_EQ(same.evidence(), guard.evidence());
  EXPECT_GT(guard.evidence(), 1);
}

}  // namespace
}  // namespace fit::style
