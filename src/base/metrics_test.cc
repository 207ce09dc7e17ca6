#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit {
namespace {

using testing::HasSubstr;

TEST(Metrics, TheSameNameAndLabelsAreTheSameMetric) {
  Metrics metrics;
  metrics.counter("fit_things_total", "Things", {{"kind", "a"}}).add();
  metrics.counter("fit_things_total", "Things", {{"kind", "a"}}).add(2);
  metrics.counter("fit_things_total", "Things", {{"kind", "b"}}).add();
  EXPECT_THAT(metrics.expose(), HasSubstr("fit_things_total{kind=\"a\"} 3"));
  EXPECT_THAT(metrics.expose(), HasSubstr("fit_things_total{kind=\"b\"} 1"));
}

TEST(Metrics, GaugesAndHistograms) {
  Metrics metrics;
  metrics.gauge("fit_depth", "Depth").set(4);
  metrics.gauge("fit_depth", "Depth").add(-1);
  metrics.latency("fit_seconds", "Time").observe(0.003);
  EXPECT_THAT(metrics.expose(), HasSubstr("fit_depth 3"));
  EXPECT_THAT(metrics.expose(), HasSubstr("fit_seconds_bucket{le=\"0.005\"} 1"));
  EXPECT_THAT(metrics.expose(), HasSubstr("# HELP fit_seconds Time"));
}

TEST(Metrics, QuantilesOfAHistogram) {
  Metrics metrics;
  Histogram& sizes = metrics.histogram("fit_sizes", "Sizes", {10, 20, 40});
  EXPECT_EQ(sizes.quantile(0.5), std::nullopt);
  for (const double size : {5.0, 15.0, 16.0, 17.0}) sizes.observe(size);
  EXPECT_EQ(sizes.count(), 4U);
  EXPECT_NEAR(sizes.quantile(0.25).value(), 10, 1e-9);
  EXPECT_NEAR(sizes.quantile(0.625).value(), 15, 1e-9);
  EXPECT_NEAR(sizes.quantile(1).value(), 20, 1e-9);
  for (int i = 0; i < 100; ++i) sizes.observe(1'000);
  EXPECT_NEAR(sizes.quantile(0.99).value(), 40, 1e-9) << "no bucket ends beyond";
}

}  // namespace
}  // namespace fit
