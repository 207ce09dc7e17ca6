#include "ingest/sources/schedule.h"

#include <gtest/gtest.h>

namespace fit::ingest {
namespace {

Timestamp at(const std::string& text) {
  return parse_rfc3339("time", text).value();
}

// The times after `after`, one after the other.
std::vector<std::string> times(const std::string& schedule, const std::string& zone, const std::string& after,
                               std::size_t count) {
  const auto parsed = Schedule::parse(schedule, zone);
  EXPECT_TRUE(parsed) << parsed.error().describe();
  std::vector<std::string> found;
  Timestamp time = at(after);
  while (parsed && found.size() < count) {
    const auto next = parsed->next(time);
    if (!next) break;
    time = *next;
    found.push_back(to_rfc3339(time).substr(0, 16));
  }
  return found;
}

using Times = std::vector<std::string>;

TEST(Schedule, ReadsIntervals) {
  EXPECT_EQ(times("3h", "", "2026-03-01T10:00:00Z", 2), (Times{"2026-03-01T13:00", "2026-03-01T16:00"}));
  EXPECT_EQ(times("90m", "", "2026-03-01T10:00:00Z", 1), Times{"2026-03-01T11:30"});
  EXPECT_EQ(times("2d", "", "2026-02-27T10:00:00Z", 1), Times{"2026-03-01T10:00"});
}

TEST(Schedule, MayBeManual) {
  EXPECT_TRUE(Schedule::parse("manual", "")->is_manual());
  EXPECT_TRUE(Schedule::parse("", "")->is_manual());
  EXPECT_FALSE(Schedule::parse("manual", "")->next(now()));
  EXPECT_FALSE(Schedule::parse("3h", "")->is_manual());
}

TEST(Schedule, ReadsCronExpressions) {
  EXPECT_EQ(times("0 */3 * * *", "UTC", "2026-03-01T10:00:00Z", 3),
            (Times{"2026-03-01T12:00", "2026-03-01T15:00", "2026-03-01T18:00"}));
  EXPECT_EQ(times("15,45 9-10 * * *", "UTC", "2026-03-01T09:20:00Z", 4),
            (Times{"2026-03-01T09:45", "2026-03-01T10:15", "2026-03-01T10:45", "2026-03-02T09:15"}));
  EXPECT_EQ(times("0 8 * * mon-fri", "UTC", "2026-03-06T09:00:00Z", 1), Times{"2026-03-09T08:00"})
      << "over a weekend";
  EXPECT_EQ(times("0 8 * * 7", "UTC", "2026-03-06T09:00:00Z", 1), Times{"2026-03-08T08:00"}) << "7 is Sunday";
  EXPECT_EQ(times("@monthly", "UTC", "2026-01-31T00:00:00Z", 2),
            (Times{"2026-02-01T00:00", "2026-03-01T00:00"}));
  EXPECT_EQ(times("0 0 29 feb *", "UTC", "2026-01-01T00:00:00Z", 1), Times{"2028-02-29T00:00"});
}

TEST(Schedule, TakesEitherDayWhereBothAreRestricted) {
  EXPECT_EQ(times("0 0 13 * fri", "UTC", "2026-03-01T00:00:00Z", 3),
            (Times{"2026-03-06T00:00", "2026-03-13T00:00", "2026-03-20T00:00"}));
}

TEST(Schedule, FollowsTheTimeZone) {
  EXPECT_EQ(times("0 6 * * *", "Europe/Berlin", "2026-01-10T00:00:00Z", 1), Times{"2026-01-10T05:00"});
  EXPECT_EQ(times("0 6 * * *", "Europe/Berlin", "2026-07-10T00:00:00Z", 1), Times{"2026-07-10T04:00"});
}

// Clocks in Berlin went from 2:00 to 3:00 on 29 March 2026, at 1:00 UTC.
TEST(Schedule, RunsASkippedTimeOnceAtTheChange) {
  EXPECT_EQ(times("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
            (Times{"2026-03-29T01:00", "2026-03-30T00:30"}));
  EXPECT_EQ(times("0 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 2),
            (Times{"2026-03-29T01:00", "2026-03-29T02:00"}))
      << "every hour that passes";
}

// Clocks in Berlin go from 3:00 to 2:00 on 25 October 2026, at 1:00 UTC.
TEST(Schedule, RunsARepeatedTimeOnceUnlessItIsEveryHour) {
  EXPECT_EQ(times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
            (Times{"2026-10-25T00:30", "2026-10-26T01:30"}));
  EXPECT_EQ(times("30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", 3),
            (Times{"2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"}));
}

TEST(Schedule, NamesWhatItCannotRead) {
  for (const char* const wrong :
       {"4m", "32d", "3 hours", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *",
        "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "1,,2 * * * *", "-1 * * * *", "0 0 30 feb *",
        "@yearly", "x"}) {
    const auto parsed = Schedule::parse(wrong, "UTC");
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(parsed.error().field, "schedule") << wrong;
  }
  EXPECT_EQ(Schedule::parse("3h", "Europe/Nowhere").error().field, "time_zone");
  EXPECT_EQ(Schedule::parse(std::string(10'000, '*'), "UTC").error().field, "schedule");
}

}  // namespace
}  // namespace fit::ingest
