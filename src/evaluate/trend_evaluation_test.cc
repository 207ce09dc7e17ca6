#include "evaluate/trend_evaluation.h"

#include <gtest/gtest.h>

namespace fit::evaluate {
namespace {

TEST(TrendEvaluation, FindsAllPlantedTrendsAndAtMostOneInTwentyOthers) {
  const TrendEvaluation done = evaluate_trends({}, {}).value();
  EXPECT_EQ(done.planted, 300U);
  EXPECT_EQ(done.missed, 0U);
  EXPECT_EQ(done.reported, done.planted + done.others);
  EXPECT_LE(done.others * 20, done.reported) << done.others << " of " << done.reported;
  EXPECT_LE(done.false_alarms, 2U) << "of 60";
}

TEST(TrendEvaluation, StopEndsIt) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(evaluate_trends({}, stop.get_token()).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fit::evaluate
