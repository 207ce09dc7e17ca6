#include "accounts/attempt_limit.h"

#include <gtest/gtest.h>

namespace fit::accounts {
namespace {

using std::chrono::seconds;
using Time = AttemptLimit::Clock::time_point;

TEST(AttemptLimit, FailuresCostTimeThatGrows) {
  AttemptLimit limit(3, 100);
  Time time{};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.begin("ada", time).count(), 0);
  EXPECT_EQ(limit.begin("ada", time), seconds(30));
  EXPECT_EQ(limit.begin("eve", time).count(), 0) << "other names do not wait";
  for (const int wait : {30, 60, 120, 240, 480, 900, 900}) {
    EXPECT_EQ(limit.begin("ada", time + seconds(wait - 1)), seconds(1)) << wait;
    time += seconds(wait);
    EXPECT_EQ(limit.begin("ada", time).count(), 0) << wait;
  }
}

TEST(AttemptLimit, SuccessAndTimeForgetFailures) {
  AttemptLimit limit(2, 100);
  Time time{};
  EXPECT_EQ(limit.begin("ada", time).count(), 0);
  EXPECT_EQ(limit.begin("ada", time).count(), 0);
  EXPECT_GT(limit.begin("ada", time).count(), 0);
  limit.succeed("ada");
  EXPECT_EQ(limit.begin("ada", time).count(), 0);
  EXPECT_EQ(limit.begin("ada", time).count(), 0);
  time += std::chrono::hours(1);
  EXPECT_EQ(limit.begin("ada", time).count(), 0);
  EXPECT_EQ(limit.begin("ada", time).count(), 0);
}

TEST(AttemptLimit, AWithdrawnAttemptDoesNotCount) {
  AttemptLimit limit(2, 100);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(limit.begin("ada").count(), 0);
    limit.withdraw("ada");
  }
  EXPECT_EQ(limit.size(), 0U);
}

TEST(AttemptLimit, RemembersABoundedNumberOfNames) {
  AttemptLimit limit(1, 10);
  for (int i = 0; i < 1000; ++i) limit.begin("name" + std::to_string(i), Time{} + seconds(i));
  EXPECT_LE(limit.size(), 10U);
  EXPECT_GT(limit.begin("name999", Time{} + seconds(1000)).count(), 0) << "the latest stay";
}

}  // namespace
}  // namespace fit::accounts
