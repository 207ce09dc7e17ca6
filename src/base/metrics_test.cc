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

}  // namespace
}  // namespace fit
