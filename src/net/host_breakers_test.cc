#include "net/host_breakers.h"

#include <gtest/gtest.h>

namespace fit::net {
namespace {

using std::chrono::milliseconds;

TEST(HostBreakers, FailFastForTheHostThatDoesNotRespond) {
  CircuitBreaker::Clock::time_point now{};
  HostBreakers breakers(
      {.failures = 2, .open_for = milliseconds(100), .longest = milliseconds(1000), .now = [&] {
         return now;
       }});
  ASSERT_TRUE(breakers.allow("dead"));
  breakers.failed("dead");
  EXPECT_TRUE(breakers.allow("dead"));
  breakers.failed("dead");
  EXPECT_FALSE(breakers.allow("dead"));
  EXPECT_EQ(breakers.retry_in("dead"), milliseconds(100));
  EXPECT_TRUE(breakers.allow("alive"));
  EXPECT_EQ(breakers.retry_in("alive"), milliseconds(0));
  now += milliseconds(100);
  EXPECT_TRUE(breakers.allow("dead")) << "the trial request";
  EXPECT_FALSE(breakers.allow("dead")) << "one at a time";
  breakers.failed("dead");
  EXPECT_EQ(breakers.retry_in("dead"), milliseconds(200));
  now += milliseconds(200);
  EXPECT_TRUE(breakers.allow("dead"));
  breakers.responded("dead");
  EXPECT_TRUE(breakers.allow("dead"));
  EXPECT_TRUE(breakers.allow("dead"));
}

TEST(HostBreakers, AHostThatAsksForAPauseGetsIt) {
  HostBreakers breakers({.failures = 5, .longest = std::chrono::minutes(10)});
  breakers.failed("busy", std::chrono::minutes(2));
  EXPECT_FALSE(breakers.allow("busy"));
  EXPECT_GT(breakers.retry_in("busy"), std::chrono::minutes(1));
}

}  // namespace
}  // namespace fit::net
