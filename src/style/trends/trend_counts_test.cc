#include "style/trends/trend_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
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

std::vector<DrawnKind> steady_catalogue() {
  return {{TrendKind::kCategory, std::vector<double>(8, 1.0 / 8)},
          {TrendKind::kSubcategory, long_tail(60)},
          {TrendKind::kPrimaryColor, long_tail(14)},
          {TrendKind::kPattern, long_tail(12)},
          {TrendKind::kBrand, long_tail(300)},
          {TrendKind::kPriceBand, long_tail(10)}};
}

std::string value_name(std::size_t value) {
  return fit::format("value {}", value);
}

using Planted = std::set<std::pair<TrendKind, std::string>>;

// Draws listings of the month that ends so many days ago.
void draw_month(TrendCounts& counts, const std::vector<DrawnKind>& kinds, std::int64_t listings, int days_ago,
                std::mt19937_64& random) {
  for (std::int64_t i = 0; i < listings; ++i) {
    const Timestamp at =
        kEnd - days(days_ago) - std::chrono::minutes(1 + random() % static_cast<unsigned>(28 * 24 * 60 - 2));
    counts.add_event(at);
    for (const DrawnKind& kind : kinds) {
      const double chance = std::generate_canonical<double, 53>(random);
      double sum = 0;
      std::size_t value = 0;
      while (value + 1 < kind.weights.size() && (sum += kind.weights[value]) < chance) ++value;
      counts.add(kind.kind, value_name(value), value_name(value), at);
    }
  }
}

Planted found_in(const TrendList& list) {
  Planted found;
  for (const auto* const trends : {&list.rising, &list.falling}) {
    for (const Trend& trend : *trends) found.emplace(trend.kind, trend.value);
  }
  return found;
}

TEST(TrendCounts, FindsAllPlantedTrendsAndAtMostOneInTwentyOthers) {
  auto before = steady_catalogue();
  set_share(before[2].weights, 6, 0.05);
  set_share(before[4].weights, 299, 0);
  set_share(before[4].weights, 6, 0.03);
  set_share(before[1].weights, 9, 0.04);
  set_share(before[3].weights, 5, 0.05);
  auto after = before;
  set_share(after[2].weights, 6, 0.10);
  set_share(after[4].weights, 299, 0.02);
  set_share(after[4].weights, 6, 0.07);
  set_share(after[1].weights, 9, 0.09);
  set_share(after[3].weights, 5, 0.015);
  const Planted rising = {{TrendKind::kPrimaryColor, value_name(6)},
                          {TrendKind::kBrand, value_name(299)},
                          {TrendKind::kBrand, value_name(6)},
                          {TrendKind::kSubcategory, value_name(9)}};
  const Planted falling = {{TrendKind::kPattern, value_name(5)}};
  std::size_t reported = 0;
  std::size_t others = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed);
    TrendCounts counts(kEnd);
    draw_month(counts, after, 2'800, 0, random);
    draw_month(counts, before, 2'800, 28, random);
    const TrendList list = counts.trends(kMonthWindow);
    const Planted found = found_in(list);
    for (const auto& trend : rising) EXPECT_TRUE(found.contains(trend)) << trend.second << ", seed " << seed;
    for (const auto& trend : falling) EXPECT_TRUE(found.contains(trend)) << trend.second << ", seed " << seed;
    for (const Trend& trend : list.rising) EXPECT_FALSE(falling.contains({trend.kind, trend.value}));
    for (const Trend& trend : list.falling) EXPECT_FALSE(rising.contains({trend.kind, trend.value}));
    reported += found.size();
    others += found.size() - rising.size() - falling.size();
    EXPECT_EQ(list.count, 2'800);
    EXPECT_EQ(list.count_before, 2'800);
  }
  EXPECT_LE(others * 20, reported) << others << " of " << reported;
}

TEST(TrendCounts, ASteadyCatalogueHasHardlyAnyTrend) {
  const auto kinds = steady_catalogue();
  int with_trends = 0;
  for (std::uint64_t seed = 101; seed <= 140; ++seed) {
    std::mt19937_64 random(seed);
    TrendCounts counts(kEnd);
    draw_month(counts, kinds, 2'800, 0, random);
    draw_month(counts, kinds, 1'400, 28, random);  // fewer listings are no trend of a value
    const TrendList list = counts.trends(kMonthWindow);
    EXPECT_GT(list.tested, 100U);
    if (!found_in(list).empty()) ++with_trends;
  }
  EXPECT_LE(with_trends, 2) << "of 40";
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
