#include "base/rate_limit.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

using std::chrono::seconds;

RateLimit rate(std::string_view text) {
  const auto limit = RateLimit::parse("RATE_LIMIT", text);
  EXPECT_TRUE(limit) << text;
  return limit ? *limit : RateLimit{};
}

TEST(RateLimit, ReadsCountWindowAndBurst) {
  EXPECT_EQ(rate("10/minute"), (RateLimit{.count = 10, .window = seconds(60), .burst = 10}));
  EXPECT_EQ(rate("100/second"), (RateLimit{.count = 100, .window = seconds(1), .burst = 100}));
  EXPECT_EQ(rate("5000/hour"), (RateLimit{.count = 5000, .window = seconds(3600), .burst = 5000}));
  EXPECT_EQ(rate("1000/day"), (RateLimit{.count = 1000, .window = seconds(86'400), .burst = 1000}));
  EXPECT_EQ(rate("10/minute burst 20"), (RateLimit{.count = 10, .window = seconds(60), .burst = 20}));
  EXPECT_EQ(rate(" 1000000/second burst  1 ").burst, 1U);
  EXPECT_EQ(rate("1/day burst 1000").time_to_fill(), std::chrono::hours(24 * 1000));
  EXPECT_TRUE(rate("off").is_off());
  EXPECT_TRUE(rate(" off ").is_off());
  EXPECT_FALSE(rate("1/day").is_off());
}

TEST(RateLimit, IsPrintedAsItIsRead) {
  for (const char* text :
       {"10/minute", "1/second", "5000/hour burst 1", "1000/day", "100/second burst 500", "off"})
    EXPECT_EQ(to_string(rate(text)), text);
}

TEST(RateLimit, HasTheTimesOfItsTokens) {
  EXPECT_EQ(rate("10/minute").time_of_token(), seconds(6));
  EXPECT_EQ(rate("10/minute burst 3").time_to_fill(), seconds(18));
  EXPECT_EQ(rate("1000000/second").time_of_token(), std::chrono::microseconds(1));
}

TEST(RateLimit, OtherTextsAreErrorsThatNameTheField) {
  for (const char* text : {"",
                           "10",
                           "/",
                           "10/",
                           "/minute",
                           "10/minutes",
                           "10/Minute",
                           "10/week",
                           "10 / minute",
                           "-1/minute",
                           "+1/minute",
                           "0/minute",
                           "1000001/second",
                           "99999999999999999999/day",
                           "1.5/minute",
                           "0x10/minute",
                           "10/minute burst",
                           "10/minute burst 0",
                           "10/minute burst x",
                           "10/minute burst 20 burst 30",
                           "10/minute burst 1000001",
                           "1/day burst 1001",
                           "10/minuteburst 5",
                           "10/minute,20/hour",
                           "OFF",
                           "none",
                           "10/minute\xff"}) {
    const auto limit = RateLimit::parse("RATE_LIMIT_SEARCH", text);
    ASSERT_FALSE(limit) << text;
    EXPECT_EQ(limit.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(limit.error().field, "RATE_LIMIT_SEARCH");
  }
  EXPECT_TRUE(RateLimit::parse("X", "0/minute").error().message.contains("from 1 to 1000000"));
  EXPECT_LT(RateLimit::parse("X", std::string(100'000, 'x')).error().message.size(), 400U);
}

}  // namespace
}  // namespace fit
