#include "monitor/metric_history.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/files.h"
#include "base/temp_dir.h"

namespace fit::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class MetricHistoryTest : public testing::Test {
 protected:
  std::unique_ptr<MetricHistory> open(const std::filesystem::path& folder = {}) {
    return std::make_unique<MetricHistory>(MetricHistory::Parts{
        .metrics = metrics_, .folder = folder, .version = "1.2.3", .log = Log::silent(), .clock = [this] {
          return now_;
        }});
  }
  // Lets the time pass in steps of ten seconds, in each of which `requests` are answered.
  void pass(MetricHistory& history, std::chrono::seconds time, int requests) {
    for (seconds passed{}; passed < time; passed += seconds(10)) {
      now_ += seconds(10);
      requests_.add(requests);
      history.sample();
    }
  }

  TempDir folder_;
  Metrics metrics_;
  Counter& requests_ =
      metrics_.counter("fit_http_requests_total", "R", {{"route", "/api/v1/search"}, {"status", "200"}});
  Timestamp now_ = parse_rfc3339("time", "2026-03-01T12:00:00Z").value();
};

TEST_F(MetricHistoryTest, EachResolutionHasItsOwnPoints) {
  const auto history = open();
  history->sample();
  pass(*history, minutes(2), 20);
  const auto fine = history->last(minutes(15));
  EXPECT_EQ(fine.step, seconds(10));
  ASSERT_EQ(fine.points.size(), 12U);
  EXPECT_DOUBLE_EQ(fine.points.back().requests, 2);
  EXPECT_DOUBLE_EQ(fine.points.back().searches, 2);
  EXPECT_EQ(fine.points.back().at, now_);
  const auto coarse = history->last(hours(24));
  EXPECT_EQ(coarse.step, minutes(2));
  ASSERT_EQ(coarse.points.size(), 1U);
  EXPECT_DOUBLE_EQ(coarse.points.front().requests, 2);
  EXPECT_TRUE(history->last(hours(24 * 7)).points.empty());
}

TEST_F(MetricHistoryTest, OldPointsAreDropped) {
  const auto history = open();
  history->sample();
  pass(*history, hours(3), 1);
  EXPECT_EQ(history->last(hours(1)).points.size(), 360U);
  EXPECT_EQ(history->last(minutes(15)).points.size(), 90U);
  EXPECT_EQ(history->last(hours(2)).points.size(), 60U) << "in steps of two minutes";
  EXPECT_EQ(history->last(hours(24 * 7)).points.size(), 18U);
}

TEST_F(MetricHistoryTest, TheFileOutlivesTheProcess) {
  auto history = open(folder_.path() / "history");
  history->sample();
  pass(*history, minutes(5), 3);
  const auto before = history->last(hours(1)).points;
  ASSERT_TRUE(history->save());
  EXPECT_TRUE(open(folder_.path() / "history")->last(hours(1)).points.empty())
      << "another process on the folder neither reads nor writes the file";
  history.reset();

  now_ += minutes(10);
  history = open(folder_.path() / "history");
  EXPECT_EQ(history->last(hours(1)).points, before);
  const auto starts = history->starts();
  ASSERT_EQ(starts.size(), 2U);
  EXPECT_EQ(starts.back().at, now_);
  EXPECT_EQ(starts.back().version, "1.2.3");
  history->sample();  // the counters of a new process start at 0: one reading gives no point
  EXPECT_EQ(history->last(hours(1)).points.size(), before.size());
}

TEST_F(MetricHistoryTest, ADamagedFileIsReplaced) {
  const std::filesystem::path file = folder_.path() / "metrics.json";
  for (
      const std::string_view text :
      {"", "{", "[]", R"({"version":2})", R"({"version":1,"series":[]})",
       R"({"version":1,"series":[{"step_s":10,"points":[[1]]},{"step_s":120},{"step_s":600}]})",
       R"({"version":1,"series":[{"step_s":10,"points":[["a",0,0,0,0,0,0,0,0,0,0]]},{"step_s":120},{"step_s":600}]})",
       R"({"version":1,"series":[{"step_s":10},{"step_s":120},{"step_s":600}],"starts":[{"at":"yesterday"}]})"}) {
    ASSERT_TRUE(write_file_atomically(file, as_bytes(text)));
    const auto history = open(folder_.path());
    EXPECT_TRUE(history->last(hours(1)).points.empty()) << text;
    EXPECT_EQ(history->starts().size(), 1U) << text;
    ASSERT_TRUE(history->save());
  }
  EXPECT_EQ(open(folder_.path())->starts().size(), 2U);
}

TEST_F(MetricHistoryTest, AClockThatIsSetBackGivesNoPoint) {
  const auto history = open();
  history->sample();
  now_ -= hours(1);
  history->sample();
  EXPECT_TRUE(history->last(hours(1)).points.empty());
  pass(*history, seconds(10), 10);
  EXPECT_EQ(history->last(hours(1)).points.size(), 1U);
}

TEST(HistoryPoint, RatesAndQuantilesAreThoseBetweenTwoReadings) {
  Metrics metrics;
  const Timestamp noon = parse_rfc3339("time", "2026-03-01T12:00:00Z").value();
  const auto count = [&metrics](const char* route, const char* status, int times) {
    metrics.counter("fit_http_requests_total", "R", {{"route", route}, {"status", status}}).add(times);
  };
  Histogram& times = metrics.histogram("fit_http_request_duration_seconds", "T", {0.01, 0.02, 0.04},
                                       {{"route", "/api/v1/search"}});
  count("/api/v1/search", "200", 100);
  for (int i = 0; i < 100; ++i) times.observe(0.001);
  const auto before = read_history(parse_exposition(metrics.expose()), noon);
  EXPECT_EQ(point_between(before, read_history(parse_exposition(metrics.expose()), noon + seconds(1))).p95_s,
            std::nullopt);

  count("/api/v1/search", "200", 20);
  count("/api/v1/items", "404", 10);
  count("/api/v1/items", "500", 5);
  count("/metrics", "200", 1000);
  for (int i = 0; i < 20; ++i) times.observe(0.015);
  const auto point =
      point_between(before, read_history(parse_exposition(metrics.expose()), noon + seconds(10)));
  EXPECT_DOUBLE_EQ(point.requests, 3.5);
  EXPECT_DOUBLE_EQ(point.searches, 2);
  EXPECT_DOUBLE_EQ(point.refused, 1);
  EXPECT_DOUBLE_EQ(point.failed, 0.5);
  ASSERT_TRUE(point.median_s);
  EXPECT_DOUBLE_EQ(*point.median_s, 0.015);
  EXPECT_NEAR(point.p95_s.value(), 0.0195, 1e-9);
}

}  // namespace
}  // namespace fit::monitor
