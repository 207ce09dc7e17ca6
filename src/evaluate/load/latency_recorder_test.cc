#include "evaluate/load/latency_recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace fit::evaluate {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

TEST(LatencyRecorder, HasNothingAtFirst) {
  const LatencyRecorder recorder;
  EXPECT_EQ(recorder.count(), 0u);
  EXPECT_EQ(recorder.percentile(0.5), microseconds(0));
  EXPECT_EQ(recorder.mean(), microseconds(0));
}

TEST(LatencyRecorder, IsExactForShortDurations) {
  LatencyRecorder recorder;
  for (int i = 1; i <= 200; ++i) recorder.record(microseconds(i));
  EXPECT_EQ(recorder.percentile(0.5), microseconds(100));
  EXPECT_EQ(recorder.percentile(0.99), microseconds(198));
  EXPECT_EQ(recorder.percentile(0), microseconds(1));
  EXPECT_EQ(recorder.percentile(1), microseconds(200));
  EXPECT_EQ(recorder.largest(), microseconds(200));
  EXPECT_EQ(recorder.mean(), microseconds(101));  // 100.5, rounded
}

// Every duration alone: the percentile is the end of its bucket, which largest() would cut off, so a second,
// longest duration is there too.
TEST(LatencyRecorder, KnowsEachDurationWithinItsPrecision) {
  const double precision = std::ldexp(1.0, -LatencyRecorder::kPrecisionBits);
  for (std::int64_t micros = 1; micros < LatencyRecorder::kLargest.count(); micros = micros * 9 / 8 + 1) {
    for (const std::int64_t value : {micros - 1, micros, micros + 1}) {
      LatencyRecorder recorder;
      recorder.record(microseconds(value));
      recorder.record(LatencyRecorder::kLargest);
      const auto found = recorder.percentile(0.5).count();
      ASSERT_GE(found, value);
      ASSERT_LE(static_cast<double>(found - value), precision * static_cast<double>(value)) << value;
    }
  }
}

TEST(LatencyRecorder, AgreesWithSortedDurations) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> distribution(9, 1.5);
  LatencyRecorder recorder;
  std::vector<std::int64_t> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back(static_cast<std::int64_t>(distribution(random)));
    recorder.record(microseconds(all.back()));
  }
  std::ranges::sort(all);
  for (const double part : {0.1, 0.5, 0.9, 0.99, 0.999}) {
    const auto exact = static_cast<double>(all[static_cast<std::size_t>(std::ceil(part * 20'000)) - 1]);
    const auto found = static_cast<double>(recorder.percentile(part).count());
    EXPECT_GE(found, exact);
    EXPECT_LE(found, exact * (1 + 1.0 / 128)) << part;
  }
  EXPECT_EQ(recorder.percentile(1).count(), all.back());
}

TEST(LatencyRecorder, ClampsWhatItCannotHold) {
  LatencyRecorder recorder;
  recorder.record(nanoseconds(-5));
  recorder.record(std::chrono::hours(1000));
  EXPECT_EQ(recorder.percentile(0.5), microseconds(0));
  EXPECT_EQ(recorder.largest(), LatencyRecorder::kLargest);
}

TEST(LatencyRecorder, MergesToWhatOneWouldHaveRecorded) {
  LatencyRecorder one, two, whole;
  for (int i = 0; i < 1000; ++i) {
    (i % 3 == 0 ? one : two).record(microseconds(i * i));
    whole.record(microseconds(i * i));
  }
  one.merge(two);
  EXPECT_EQ(one.count(), whole.count());
  EXPECT_EQ(one.mean(), whole.mean());
  EXPECT_EQ(one.largest(), whole.largest());
  for (const double part : {0.01, 0.5, 0.95, 1.0}) EXPECT_EQ(one.percentile(part), whole.percentile(part));
}

}  // namespace
}  // namespace fit::evaluate
