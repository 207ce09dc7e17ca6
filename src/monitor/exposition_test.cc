#include "monitor/exposition.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fit::monitor {
namespace {

TEST(Exposition, WhatMetricsExposeIsRead) {
  Metrics metrics;
  metrics.counter("fit_a_total", "A", {{"route", "/x"}, {"status", "500"}}).add(3);
  metrics.gauge("fit_b", "B").set(-0.5);
  metrics.histogram("fit_c_seconds", "C", {1, 2}).observe(1.5);
  const auto samples = parse_exposition(metrics.expose());
  const auto value_of = [&samples](std::string_view series) -> double {
    for (const Sample& one : samples) {
      if (one.series == series) return one.value;
    }
    return std::nan("");
  };
  EXPECT_EQ(value_of("fit_b"), -0.5);
  EXPECT_EQ(value_of("fit_c_seconds_count"), 1);
  EXPECT_EQ(value_of("fit_c_seconds_sum"), 1.5);
  ASSERT_EQ(samples.front().name, "fit_a_total");
  EXPECT_EQ(samples.front().value, 3);
  EXPECT_EQ(samples.front().labels, (Labels{{"route", "/x"}, {"status", "500"}}));
  EXPECT_EQ(samples.size(), 1U + 1U + 5U);  // a histogram has its buckets, its sum and its count
}

TEST(Exposition, LabelsAreUnescaped) {
  Metrics metrics;
  const std::string hard = "a\"b\\c\nd,e}f=\"g";
  metrics.gauge("fit_x", "X", {{"l", hard}}).set(7);
  const auto samples = parse_exposition(metrics.expose());
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples.front().labels.at("l"), hard);
  EXPECT_EQ(samples.front().value, 7);
}

TEST(Exposition, SpecialValuesAndTimesAreRead) {
  const auto samples = parse_exposition("a NaN\nb +Inf\nc -Inf 1700000000\nd 1e-3\n");
  ASSERT_EQ(samples.size(), 4U);
  EXPECT_TRUE(std::isnan(samples[0].value));
  EXPECT_EQ(samples[1].value, std::numeric_limits<double>::infinity());
  EXPECT_EQ(samples[2].value, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(samples[3].value, 1e-3);
}

TEST(Exposition, LinesThatAreNoSamplesAreLeftOut) {
  for (const char* const line : {"", "#", "# HELP a b", "a", "a ", "a x", "a{", "a{b", "a{b=\"", "a{b=\"c",
                                 "a{b=\"c\\", "a{b=\"c\"", "a{b=\"c\"}", "a{b=\"c\"}1", " 1", "{} 1"}) {
    EXPECT_TRUE(parse_exposition(line).empty()) << line;
  }
  EXPECT_EQ(parse_exposition("x y z\nok 1").size(), 1U);
}

}  // namespace
}  // namespace fit::monitor
