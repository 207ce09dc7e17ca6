#include "style/trends/trend_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/format.h"

namespace fit::style {
namespace {

using std::chrono::days;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Timestamp kEnd = parse_rfc3339("time", "2026-11-30T12:00:00Z").value();
constexpr std::size_t kWeekWindow = 0;
constexpr std::size_t kMonthWindow = 1;

std::set<std::pair<TrendKind, std::string>> found_in(const TrendList& list) {
  std::set<std::pair<TrendKind, std::string>> found;
  for (const auto* const trends : {&list.rising, &list.falling}) {
    for (const Trend& trend : *trends) found.emplace(trend.kind, trend.value);
  }
  return found;
}

// Adds so many of each of two values at a time.
void add_pair(TrendCounts& counts, int one, int other, Timestamp at) {
  for (int i = 0; i < one; ++i) counts.add(TrendKind::kPrimaryColor, "red", "red", at);
  for (int i = 0; i < other; ++i) counts.add(TrendKind::kPrimaryColor, "blue", "blue", at);
}

TEST(TrendCounts, ShowsTheChangeOfAValue) {
  TrendCounts counts(kEnd);
  add_pair(counts, 80, 120, kEnd - days(1));
  add_pair(counts, 20, 180, kEnd - days(8));
  const TrendList list = counts.trends(kWeekWindow);
  ASSERT_EQ(list.rising.size(), 1U);
  ASSERT_EQ(list.falling.size(), 1U);
  const Trend& trend = list.rising.front();
  EXPECT_EQ(trend.value, "red");
  EXPECT_EQ(trend.now.count, 80);
  EXPECT_EQ(trend.now.total, 200);
  EXPECT_EQ(trend.before.count, 20);
  EXPECT_NEAR(trend.growth.ratio, 4, 0.1);
  EXPECT_LT(trend.growth.low, trend.growth.ratio);
  EXPECT_EQ(trend.year_before, std::nullopt);
  EXPECT_EQ(trend.weeks[kTrendWeeks - 1], 80);
  EXPECT_EQ(trend.weeks[kTrendWeeks - 2], 20);
  EXPECT_EQ(trend.weeks[kTrendWeeks - 3], 0);
  EXPECT_THAT(found_in(counts.trends(kMonthWindow)), IsEmpty()) << "the window before is empty";
}

TEST(TrendCounts, WindowsEndWhereTheNextBegins) {
  TrendCounts counts(kEnd);
  const auto microsecond = std::chrono::microseconds(1);
  counts.add_event(kEnd);
  counts.add_event(kEnd + hours(1));
  counts.add_event(kEnd - microsecond);
  counts.add_event(kEnd - days(7));
  counts.add_event(kEnd - days(7) - microsecond);
  counts.add_event(kEnd - days(14));
  counts.add_event(kEnd - days(14) - microsecond);
  const TrendList list = counts.trends(kWeekWindow);
  EXPECT_EQ(list.count, 2) << "what has not taken place yet counts nowhere";
  EXPECT_EQ(list.count_before, 2);
}

TEST(TrendCounts, FewOccurrencesAreNoTrend) {
  TrendCounts counts(kEnd);
  add_pair(counts, 9, 100, kEnd - days(1));
  add_pair(counts, 0, 100, kEnd - days(8));
  EXPECT_EQ(counts.trends(kWeekWindow).tested, 1U) << "blue";
  TrendCounts few(kEnd);
  add_pair(few, 40, 9, kEnd - days(1));
  add_pair(few, 0, 49, kEnd - days(8));
  EXPECT_EQ(few.trends(kWeekWindow).tested, 0U) << "there are fewer than 50 of the kind";
}

TEST(TrendCounts, WhatHappensEveryYearIsNoTrend) {
  const auto at = [](int days_ago) { return kEnd - days(days_ago) + hours(1); };
  const auto counts_with = [&](int year_now, int year_before) {
    TrendCounts counts(kEnd);
    add_pair(counts, 80, 120, at(3));
    add_pair(counts, 20, 180, at(10));
    add_pair(counts, year_now, 200 - year_now, at(364 + 3));
    add_pair(counts, year_before, 200 - year_before, at(364 + 10));
    return counts.trends(kWeekWindow);
  };
  EXPECT_THAT(counts_with(80, 20).rising, IsEmpty()) << "it grew as much a year before";
  EXPECT_THAT(counts_with(120, 20).rising, IsEmpty()) << "it grew more a year before";
  const TrendList more = counts_with(22, 20);
  ASSERT_EQ(more.rising.size(), 1U);
  ASSERT_TRUE(more.rising.front().year_before.has_value());
  EXPECT_NEAR(more.rising.front().year_before->ratio, 1.1, 0.05);
}

TEST(TrendCounts, APersonCountsOnceAWeek) {
  TrendCounts counts(kEnd);
  for (int person = 0; person < 60; ++person) {
    const std::string name = fit::format("user:{}", person);
    counts.add_of(name, TrendKind::kBrand, "a", "A", kEnd - days(1));
    counts.add_of(name, TrendKind::kBrand, "a", "A", kEnd - days(8));
  }
  for (int i = 0; i < 1'000; ++i) {
    counts.add_of("user:1", TrendKind::kBrand, "b", "B", kEnd - hours(i % 24) - hours(1));
  }
  EXPECT_THAT(found_in(counts.trends(kWeekWindow)), IsEmpty());
  for (int person = 0; person < 40; ++person) {
    counts.add_of(fit::format("user:{}", person), TrendKind::kBrand, "c", "C", kEnd - days(2));
  }
  const TrendList list = counts.trends(kWeekWindow);
  ASSERT_EQ(list.rising.size(), 1U);
  EXPECT_EQ(list.rising.front().value, "C");
}

TEST(TrendCounts, RareValuesCountAmongTheirKind) {
  TrendCounts counts(kEnd);
  for (int i = 0; i < 40; ++i) counts.add(TrendKind::kBrand, "a", "A", kEnd - days(1));
  for (int i = 0; i < 60; ++i) counts.add_rare(TrendKind::kBrand, kEnd - days(1));
  for (int i = 0; i < 100; ++i) counts.add_rare(TrendKind::kBrand, kEnd - days(8));
  const TrendList list = counts.trends(kWeekWindow);
  EXPECT_EQ(list.tested, 1U);
  ASSERT_EQ(list.rising.size(), 1U);
  EXPECT_EQ(list.rising.front().now.total, 100);
  EXPECT_EQ(list.rising.front().before.total, 100);
}

TEST(TrendCounts, HaveAtMostSoManyValues) {
  TrendCounts counts(kEnd, 2);
  for (const char* const brand : {"a", "b", "c"}) {
    for (int i = 0; i < 30; ++i) counts.add(TrendKind::kBrand, brand, brand, kEnd - days(1));
    for (int i = 0; i < 30; ++i) counts.add(TrendKind::kBrand, brand, brand, kEnd - days(8));
  }
  for (int i = 0; i < 60; ++i) counts.add(TrendKind::kBrand, "a", "a", kEnd - days(1));
  const TrendList list = counts.trends(kWeekWindow);
  EXPECT_EQ(list.tested, 2U) << "a and b";
  ASSERT_EQ(list.rising.size(), 1U);
  EXPECT_EQ(list.rising.front().value, "a");
  EXPECT_EQ(list.rising.front().now.total, 150) << "c is among the others";
}

TEST(TrendCounts, ClustersAreShownByTheirCentre) {
  TrendCounts counts(kEnd);
  for (int i = 0; i < 40; ++i) counts.add(TrendKind::kCluster, "7", "123", kEnd - days(1));
  for (int i = 0; i < 60; ++i) counts.add(TrendKind::kCluster, "8", "124", kEnd - days(1));
  for (int i = 0; i < 100; ++i) counts.add(TrendKind::kCluster, "8", "124", kEnd - days(8));
  const TrendList list = counts.trends(kWeekWindow);
  ASSERT_EQ(list.rising.size(), 1U);
  EXPECT_EQ(list.rising.front().value, "7");
  EXPECT_EQ(list.rising.front().image, ImageId{123});
  const Json json =
      to_json({.window = 0, .computed_at = kEnd, .listings = list, .saves = {}, .searches = {}});
  EXPECT_EQ(json["listings"]["rising"][0]["thumbnail_url"], "/images/123/thumbnail");
  EXPECT_EQ(json["from"], "2026-11-23T12:00:00.000000Z");
}

TEST(TrendCounts, TheSurestComeFirst) {
  TrendCounts counts(kEnd);
  const auto add = [&](const char* brand, int now, int before) {
    for (int i = 0; i < now; ++i) counts.add(TrendKind::kBrand, brand, brand, kEnd - days(1));
    for (int i = 0; i < before; ++i) counts.add(TrendKind::kBrand, brand, brand, kEnd - days(8));
  };
  add("steady", 500, 500);
  add("some", 60, 20);
  add("much", 120, 20);
  std::vector<std::string> names;
  for (const Trend& trend : counts.trends(kWeekWindow).rising) names.push_back(trend.value);
  EXPECT_THAT(names, ElementsAre("much", "some"));
  EXPECT_EQ(counts.trends(kWeekWindow, {.most = 1}).rising.size(), 1U);
}

TEST(TrendWindows, AreNamed) {
  EXPECT_EQ(parse_trend_window("window", "7d").value(), kWeekWindow);
  EXPECT_EQ(trend_window_name(parse_trend_window("window", "90d").value()), "90d");
  const auto other = parse_trend_window("window", "30d");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().field, "window");
  EXPECT_EQ(no_trends(kMonthWindow)["computed_at"], nullptr);
}

}  // namespace
}  // namespace fit::style
