#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/trace.h"

namespace fit {
namespace {

using testing::HasSubstr;
using testing::Not;

struct NoSpans final : SpanSink {
  void take(SpanRecord) override {}
};

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

TEST(Metrics, OpenMetricsNamesFamiliesOfCountersWithoutTheirSuffix) {
  Metrics metrics;
  metrics.counter("fit_things_total", "Things \"a\"", {{"kind", "a\nb"}}).add(2);
  metrics.gauge("fit_depth", "Depth").set(0.5);
  EXPECT_EQ(metrics.expose_open_metrics(),
            "# TYPE fit_things counter\n# HELP fit_things Things \\\"a\\\"\n"
            "fit_things_total{kind=\"a\\nb\"} 2\n"
            "# TYPE fit_depth gauge\n# HELP fit_depth Depth\nfit_depth 0.5\n# EOF\n");
}

TEST(Metrics, AValueOfARecordedTraceIsAnExemplar) {
  Metrics metrics;
  Histogram& seconds = metrics.histogram("fit_seconds", "Time", {0.1, 1}, {{"kind", "a"}});
  NoSpans sink;
  Work work{.sink = &sink, .trace = {.trace_high = 0xAB, .trace_low = 1, .is_sampled = true}};
  {
    const WorkScope scope(work);
    seconds.observe(0.25);
  }
  work.trace.is_sampled = false;
  {
    const WorkScope scope(work);
    seconds.observe(5);
  }
  seconds.observe(0.0625);
  const std::string text = metrics.expose_open_metrics();
  EXPECT_THAT(text, HasSubstr("fit_seconds_bucket{kind=\"a\",le=\"0.1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("fit_seconds_bucket{kind=\"a\",le=\"1\"} 2 # "
                              "{trace_id=\"00000000000000ab0000000000000001\"} 0.25 "));
  EXPECT_THAT(text, HasSubstr("fit_seconds_bucket{kind=\"a\",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("fit_seconds_count{kind=\"a\"} 3\nfit_seconds_sum{kind=\"a\"} 5.3125\n"));
  EXPECT_THAT(metrics.expose(), Not(HasSubstr("trace_id"))) << "the older format has no exemplars";
}

}  // namespace
}  // namespace fit
