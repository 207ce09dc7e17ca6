#include "evaluate/load/metrics_page.h"

#include <gtest/gtest.h>

namespace fit::evaluate {
namespace {

constexpr std::string_view kBefore = R"(# HELP wait_seconds How long
# TYPE wait_seconds histogram
wait_seconds_bucket{route="/a",le="0.1"} 1
wait_seconds_bucket{route="/a",le="0.5"} 2
wait_seconds_bucket{route="/a",le="+Inf"} 2
wait_seconds_sum{route="/a"} 0.4
wait_seconds_count{route="/a"} 2
)";
constexpr std::string_view kAfter = R"(wait_seconds_bucket{route="/a",le="0.1"} 5
wait_seconds_bucket{route="/a",le="0.5"} 10
wait_seconds_bucket{route="/a",le="+Inf"} 12
wait_seconds_sum{route="/a"} 3.4
wait_seconds_bucket{route="/b",le="0.1"} 0
wait_seconds_bucket{route="/b",le="+Inf"} 1
wait_seconds_sum{route="/b"} 7
queue 3
total{status="200",path="C:\\a \"b\""} 4 1700000000
total{status="500"} 1
)";

TEST(MetricsPage, ReadsSamples) {
  const MetricsPage page = MetricsPage::parse(kAfter);
  EXPECT_EQ(page.sum("queue"), 3);
  EXPECT_EQ(page.sum("total"), 5);
  EXPECT_EQ(page.samples("total").at(0).labels.at("path"), "C:\\a \"b\"");
  EXPECT_FALSE(page.has("wait_seconds"));
  EXPECT_EQ(page.sum("none"), 0);
}

TEST(MetricsPage, SkipsWhatIsNoSample) {
  for (const char* const text :
       {"", "\n\n", "a", "a{", "a{b=\"c", "a{b=\"c\"", "a b", "# a 1", "{} 1 }", "a{b} 1"}) {
    const MetricsPage page = MetricsPage::parse(text);
    EXPECT_FALSE(page.has("a")) << text;
  }
}

TEST(HistogramChange, IsWhatHappenedBetweenTwoPages) {
  const auto changes =
      histogram_changes(MetricsPage::parse(kBefore), MetricsPage::parse(kAfter), "wait_seconds", "route");
  ASSERT_EQ(changes.size(), 2u);
  const HistogramChange& change = changes.at("/a");
  EXPECT_EQ(change.count, 10);
  EXPECT_DOUBLE_EQ(change.sum, 3.0);
  EXPECT_DOUBLE_EQ(change.quantile(0.2), 0.05);  // 2 of the 4 in the first bucket
  EXPECT_DOUBLE_EQ(change.quantile(0.6), 0.3);   // 2 of the 4 in the second
  EXPECT_DOUBLE_EQ(change.quantile(0.99), 0.5);  // beyond the last finite end
  EXPECT_DOUBLE_EQ(changes.at("/b").quantile(0.5), 0.1);
}

TEST(HistogramChange, LeavesOutWhatDidNotHappen) {
  const MetricsPage page = MetricsPage::parse(kAfter);
  EXPECT_TRUE(histogram_changes(page, page, "wait_seconds", "route").empty());
  EXPECT_EQ(HistogramChange().quantile(0.5), 0);
}

}  // namespace
}  // namespace fit::evaluate
