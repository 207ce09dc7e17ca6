#include "alerts/schedule.h"

#include <gtest/gtest.h>

namespace fit::alerts {
namespace {

Timestamp at(const std::string& text) {
  return parse_rfc3339("time", text).value();
}

std::string due(AlertOptions options, const std::string& found) {
  return to_rfc3339(due_time(options, at(found))).substr(0, 16);
}

AlertOptions berlin(Schedule schedule) {
  return {.name = "x", .schedule = schedule, .time_zone = "Europe/Berlin"};
}

TEST(DueTime, NowIsTheTimeOfTheFind) {
  EXPECT_EQ(due(berlin(Schedule::kNow), "2026-03-10T03:00:00Z"), "2026-03-10T03:00");
}

TEST(DueTime, DailyIsTheNextEightOClock) {
  EXPECT_EQ(due(berlin(Schedule::kDaily), "2026-01-10T03:00:00Z"), "2026-01-10T07:00");
  EXPECT_EQ(due(berlin(Schedule::kDaily), "2026-01-10T07:00:00Z"), "2026-01-11T07:00") << "a find at 8:00";
  EXPECT_EQ(due(berlin(Schedule::kDaily), "2026-01-10T22:59:00Z"), "2026-01-11T07:00");
}

TEST(DueTime, DailyFollowsTheClockOfPeopleOverChangesOfDaylightTime) {
  // Summer time begins in Germany on 29 March 2026 and ends on 25 October.
  EXPECT_EQ(due(berlin(Schedule::kDaily), "2026-03-28T12:00:00Z"), "2026-03-29T06:00");
  EXPECT_EQ(due(berlin(Schedule::kDaily), "2026-10-24T12:00:00Z"), "2026-10-25T07:00");
}

TEST(DueTime, WeeklyIsTheNextMonday) {
  EXPECT_EQ(due(berlin(Schedule::kWeekly), "2026-01-07T12:00:00Z"), "2026-01-12T07:00") << "a Wednesday";
  EXPECT_EQ(due(berlin(Schedule::kWeekly), "2026-01-12T06:59:00Z"), "2026-01-12T07:00");
  EXPECT_EQ(due(berlin(Schedule::kWeekly), "2026-01-12T07:00:00Z"), "2026-01-19T07:00");
}

TEST(DueTime, QuietHoursEndFirst) {
  AlertOptions options = berlin(Schedule::kNow);
  options.quiet_hours = QuietHours{.from = std::chrono::hours(22), .to = std::chrono::hours(7)};
  EXPECT_EQ(due(options, "2026-01-10T20:59:00Z"), "2026-01-10T20:59");
  EXPECT_EQ(due(options, "2026-01-10T21:00:00Z"), "2026-01-11T06:00");
  EXPECT_EQ(due(options, "2026-01-11T05:59:00Z"), "2026-01-11T06:00");
  EXPECT_EQ(due(options, "2026-01-11T06:00:00Z"), "2026-01-11T06:00");
  options.quiet_hours = QuietHours{.from = std::chrono::hours(12), .to = std::chrono::hours(14)};
  EXPECT_EQ(due(options, "2026-01-10T11:30:00Z"), "2026-01-10T13:00");
  EXPECT_EQ(due(options, "2026-01-10T20:00:00Z"), "2026-01-10T20:00");
}

TEST(DueTime, QuietHoursThatEndInASkippedHourEndWithIt) {
  AlertOptions options = berlin(Schedule::kNow);
  options.quiet_hours = QuietHours{.from = std::chrono::hours(0), .to = std::chrono::minutes(150)};
  // 2:30 does not exist on that day: the clock goes from 2:00 to 3:00, at 1:00 UTC.
  EXPECT_EQ(due(options, "2026-03-29T00:10:00Z"), "2026-03-29T01:00");
  // 2:30 comes twice; the first one counts.
  EXPECT_EQ(due(options, "2026-10-24T23:10:00Z"), "2026-10-25T00:30");
}

TEST(DueTime, QuietHoursHoldForDigestsToo) {
  AlertOptions options = berlin(Schedule::kDaily);
  options.quiet_hours = QuietHours{.from = std::chrono::hours(20), .to = std::chrono::hours(10)};
  EXPECT_EQ(due(options, "2026-01-10T03:00:00Z"), "2026-01-10T09:00");
}

TEST(DueTime, AnUnknownTimeZoneIsUtc) {
  AlertOptions options = berlin(Schedule::kDaily);
  options.time_zone = "Mars/Olympus";
  EXPECT_EQ(due(options, "2026-01-10T03:00:00Z"), "2026-01-10T08:00");
}

}  // namespace
}  // namespace fit::alerts
