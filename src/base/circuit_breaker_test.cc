#include "base/circuit_breaker.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

using std::chrono::milliseconds;
using State = CircuitBreaker::State;

class CircuitBreakerTest : public testing::Test {
 protected:
  void open() {
    for (int i = 0; i < 3; ++i) breaker_.failed();
  }

  CircuitBreaker::Clock::time_point now_{};
  CircuitBreaker breaker_{
      {.failures = 3, .open_for = milliseconds(100), .longest = milliseconds(1000), .now = [this] {
         return now_;
       }}};
};

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARow) {
  breaker_.failed();
  breaker_.failed();
  breaker_.succeeded();
  breaker_.failed();
  breaker_.failed();
  EXPECT_TRUE(breaker_.allow());
  EXPECT_EQ(breaker_.state(), State::kClosed);
  breaker_.failed();
  EXPECT_EQ(breaker_.state(), State::kOpen);
  EXPECT_FALSE(breaker_.allow());
  EXPECT_EQ(breaker_.retry_in(), milliseconds(100));
}

TEST_F(CircuitBreakerTest, OneTrialCallClosesIt) {
  open();
  now_ += milliseconds(100);
  EXPECT_TRUE(breaker_.allow());
  EXPECT_EQ(breaker_.state(), State::kHalfOpen);
  EXPECT_FALSE(breaker_.allow()) << "one at a time";
  breaker_.succeeded();
  EXPECT_TRUE(breaker_.allow());
  EXPECT_TRUE(breaker_.allow());
}

TEST_F(CircuitBreakerTest, EachPauseIsLongerUpToALimit) {
  open();
  for (const int expected : {200, 400, 800, 1000, 1000}) {
    now_ += milliseconds(1000);
    ASSERT_TRUE(breaker_.allow());
    breaker_.failed();
    EXPECT_EQ(breaker_.retry_in(), milliseconds(expected));
  }
  now_ += milliseconds(1000);
  ASSERT_TRUE(breaker_.allow());
  breaker_.succeeded();
  open();
  EXPECT_EQ(breaker_.retry_in(), milliseconds(100)) << "a success resets the pause";
}

TEST_F(CircuitBreakerTest, ATrialCallThatNeverReportsIsLost) {
  open();
  now_ += milliseconds(100);
  ASSERT_TRUE(breaker_.allow());
  now_ += milliseconds(999);
  EXPECT_FALSE(breaker_.allow());
  now_ += milliseconds(1);
  EXPECT_TRUE(breaker_.allow());
}

TEST_F(CircuitBreakerTest, ATrialCallKeepsOthersWaiting) {
  EXPECT_EQ(breaker_.retry_in(), milliseconds(0));
  open();
  now_ += milliseconds(100);
  EXPECT_EQ(breaker_.retry_in(), milliseconds(0)) << "the trial call may begin";
  ASSERT_TRUE(breaker_.allow());
  EXPECT_EQ(breaker_.retry_in(), milliseconds(100)) << "its end is not known";
  now_ += milliseconds(950);
  EXPECT_EQ(breaker_.retry_in(), milliseconds(50)) << "until it counts as lost";
  now_ += milliseconds(50);
  EXPECT_EQ(breaker_.retry_in(), milliseconds(0));
  ASSERT_TRUE(breaker_.allow());
  breaker_.succeeded();
  EXPECT_EQ(breaker_.retry_in(), milliseconds(0));
}

TEST_F(CircuitBreakerTest, AServiceThatAsksForAPauseGetsItWithinTheLimit) {
  breaker_.failed(milliseconds(500));
  EXPECT_EQ(breaker_.state(), State::kOpen);
  EXPECT_EQ(breaker_.retry_in(), milliseconds(500));
  now_ += milliseconds(500);
  ASSERT_TRUE(breaker_.allow());
  breaker_.failed(std::chrono::hours(24));
  EXPECT_EQ(breaker_.retry_in(), milliseconds(1000));
}

TEST_F(CircuitBreakerTest, LateFailuresOfEarlierCallsChangeNothing) {
  open();
  breaker_.failed(milliseconds(900));
  EXPECT_EQ(breaker_.retry_in(), milliseconds(100));
}

}  // namespace
}  // namespace fit
