#include "base/stopwatch.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

TEST(StopwatchTest, MeasuresSinceItsStart) {
  const Stopwatch watch(Stopwatch::Clock::now() - std::chrono::seconds(2));
  EXPECT_GE(watch.seconds(), 2);
  EXPECT_GE(watch.milliseconds(), 2000);
  EXPECT_GE(watch.elapsed(), std::chrono::seconds(2));
  const Stopwatch copy = watch;
  EXPECT_EQ(copy.start(), watch.start());
  EXPECT_LT(Stopwatch().seconds(), 60);
}

}  // namespace
}  // namespace fit
