#include "base/clock.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

TEST(Clock, ReadsTheFormsOfRfc3339) {
  const auto expected =
      Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)) + std::chrono::hours(12);
  for (const char* text : {"2026-11-22T12:00:00Z", "2026-11-22T14:00:00+02:00", "2026-11-22 12:00:00+00:00",
                           "2026-11-22T12:00:00", "2026-11-22T12:00:00.000Z"}) {
    const auto time = parse_rfc3339("listed_at", text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(*time, expected) << text;
  }
  EXPECT_EQ(*parse_rfc3339("t", "2026-11-22"), expected - std::chrono::hours(12));
}

TEST(Clock, WritesWhatItReads) {
  const auto time = parse_rfc3339("t", "2026-11-22T12:30:15.123456Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(to_rfc3339(*time), "2026-11-22T12:30:15.123456Z");
}

TEST(Clock, RefusesEverythingElse) {
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-02-30", "2026-11-22T25:00:00Z",
                           "2026-11-22T12:00:00Zx", "1700000000"}) {
    const auto time = parse_rfc3339("listed_at", text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().field, "listed_at");
  }
}

}  // namespace
}  // namespace fit
