#include "evaluate/load/arrivals.h"

#include <gtest/gtest.h>

#include <map>

namespace fit::evaluate {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(ArrivalSchedule, HasEvenDistancesAtAConstantRate) {
  const auto schedule = ArrivalSchedule::make({.rate = 50, .duration = milliseconds(2000)});
  ASSERT_TRUE(schedule) << schedule.error().describe();
  EXPECT_EQ(schedule->count(), 100u);
  for (std::uint64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(schedule->start_of(i), nanoseconds(static_cast<std::int64_t>(i) * 20'000'000)) << i;
  }
}

TEST(ArrivalSchedule, GrowsEvenlyDuringTheRamp) {
  const auto schedule =
      ArrivalSchedule::make({.rate = 100, .ramp = milliseconds(2000), .duration = milliseconds(3000)});
  ASSERT_TRUE(schedule) << schedule.error().describe();
  // Half of the full rate in the ramp, then the full rate.
  EXPECT_EQ(schedule->count(), 200u);
  std::map<int, int> in_half_second;
  nanoseconds before{-1};
  for (std::uint64_t i = 0; i < schedule->count(); ++i) {
    const nanoseconds start = schedule->start_of(i);
    ASSERT_GT(start, before);
    ASSERT_LT(start, std::chrono::seconds(3));
    before = start;
    ++in_half_second[static_cast<int>(start / milliseconds(500))];
  }
  // The area below the rate in each half of a second: 6.25, 18.75, 31.25 and 43.75, then 50.
  const std::map<int, double> areas = {{0, 6.25}, {1, 18.75}, {2, 31.25}, {3, 43.75}, {4, 50}, {5, 50}};
  for (const auto& [half, area] : areas) EXPECT_NEAR(in_half_second[half], area, 1) << half;
}

TEST(ArrivalSchedule, IsContinuousAtTheEndOfTheRamp) {
  const auto schedule =
      ArrivalSchedule::make({.rate = 1000, .ramp = milliseconds(1000), .duration = milliseconds(2000)});
  ASSERT_TRUE(schedule);
  EXPECT_EQ(schedule->start_of(500), nanoseconds(1'000'000'000));
  EXPECT_EQ(schedule->start_of(501), nanoseconds(1'001'000'000));
}

TEST(ArrivalSchedule, RefusesWhatIsOutOfBounds) {
  const auto field_of = [](const LoadShape& shape, const LoadBounds& bounds = {}) {
    const auto schedule = ArrivalSchedule::make(shape, bounds);
    return schedule ? std::string("none") : schedule.error().field;
  };
  EXPECT_EQ(field_of({.rate = 0}), "--rate");
  EXPECT_EQ(field_of({.rate = -1}), "--rate");
  EXPECT_EQ(field_of({.rate = 20'000}), "--rate");
  EXPECT_EQ(field_of({.duration = milliseconds(0)}), "--duration");
  EXPECT_EQ(field_of({.duration = std::chrono::hours(25)}), "--duration");
  EXPECT_EQ(field_of({.ramp = milliseconds(2000), .duration = milliseconds(1000)}), "--ramp");
  EXPECT_EQ(field_of({.rate = 100, .duration = milliseconds(1000)}, {.max_requests = 99}), "--duration");
  EXPECT_EQ(field_of({.rate = 100, .duration = milliseconds(1000)}, {.max_requests = 100}), "none");
}

TEST(LoadMix, HasTheSharesThatItWasGiven) {
  const auto mix = LoadMix::parse("search=90,write=8,ingest=2");
  ASSERT_TRUE(mix);
  std::map<LoadKind, int> counts;
  constexpr int kRequests = 100'000;
  for (int i = 0; i < kRequests; ++i) ++counts[mix->kind_of(static_cast<std::uint64_t>(i))];
  EXPECT_NEAR(counts[LoadKind::kSearch], 90'000, 500);
  EXPECT_NEAR(counts[LoadKind::kWrite], 8'000, 400);
  EXPECT_NEAR(counts[LoadKind::kIngest], 2'000, 250);
  EXPECT_EQ(mix->kind_of(17), mix->kind_of(17));
}

TEST(LoadMix, LeavesKindsOut) {
  const auto mix = LoadMix::parse("ingest=1");
  ASSERT_TRUE(mix);
  EXPECT_TRUE(mix->has(LoadKind::kIngest));
  EXPECT_FALSE(mix->has(LoadKind::kSearch));
  for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_EQ(mix->kind_of(i), LoadKind::kIngest);
}

TEST(LoadMix, RefusesOtherTexts) {
  for (const char* const text :
       {"", "search", "search=", "search=x", "search=-1", "search=0", "read=5", "search=9;write=1"}) {
    const auto mix = LoadMix::parse(text);
    ASSERT_FALSE(mix) << text;
    EXPECT_EQ(mix.error().field, "--mix");
  }
}

}  // namespace
}  // namespace fit::evaluate
