#include "net/retry_after.h"

#include <gtest/gtest.h>

#include <string>

namespace fit::net {
namespace {

using std::chrono::seconds;

// "Mon, 30 Nov 2026 12:00:00 GMT"
const Timestamp kNoon = Timestamp(seconds(1'796'040'000));

seconds parsed(std::string_view value) {
  return parse_retry_after(value, kNoon);
}

TEST(RetryAfter, IsANumberOfSeconds) {
  EXPECT_EQ(parsed("0"), seconds(0));
  EXPECT_EQ(parsed("7"), seconds(7));
  EXPECT_EQ(parsed(" 120 "), seconds(120));
  EXPECT_EQ(parsed("86400"), seconds(86'400));
}

TEST(RetryAfter, IsADateInEachFormOfHttp) {
  EXPECT_EQ(parsed("Mon, 30 Nov 2026 12:00:20 GMT"), seconds(20));
  EXPECT_EQ(parsed("Monday, 30-Nov-26 12:01:00 GMT"), seconds(60));
  EXPECT_EQ(parsed("Mon Nov 30 13:00:00 2026"), seconds(3600));
  EXPECT_EQ(parsed("Mon, 30 Nov 2026 11:59:59 GMT"), seconds(0));
  EXPECT_EQ(parsed("Thu, 01 Jan 1970 00:00:00 GMT"), seconds(0));
  EXPECT_EQ(parse_retry_after("Mon, 30 Nov 2026 12:00:20 GMT", kNoon + std::chrono::milliseconds(1)),
            seconds(20))
      << "no sooner than at that time";
}

TEST(RetryAfter, IsNothingInOtherTexts) {
  for (const char* const text : {"", " ", "soon", "-5", "+5", "1.5", "1e3", "7 s", "0x10", "Mon", "12:00:00",
                                 "Mon, 99 Nov 2026 12:00:20 GMT", "\xff", "7,8"}) {
    EXPECT_EQ(parsed(text), seconds(0)) << text;
  }
}

TEST(RetryAfter, HasALimit) {
  EXPECT_EQ(parsed("2678400"), kLongestRetryAfter);
  EXPECT_EQ(parsed("2678401"), kLongestRetryAfter);
  EXPECT_EQ(parsed("9223372036854775807"), kLongestRetryAfter);
  EXPECT_EQ(parsed(std::string(10'000, '9')), kLongestRetryAfter);
  EXPECT_EQ(parsed("Fri, 31 Dec 2100 23:59:59 GMT"), kLongestRetryAfter);
}

}  // namespace
}  // namespace fit::net
