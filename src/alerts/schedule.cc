#include "alerts/schedule.h"

#include <chrono>

namespace fit::alerts {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_time;
using std::chrono::microseconds;
using std::chrono::minutes;

using LocalTime = local_time<microseconds>;

constexpr std::chrono::hours kDelivery{8};

const std::chrono::time_zone& zone_of(const std::string& name) {
  try {
    return *std::chrono::locate_zone(name);
  } catch (const std::exception&) {  // thrown for an unknown name
    return *std::chrono::locate_zone("UTC");
  }
}

Timestamp to_timestamp(const std::chrono::time_zone& zone, LocalTime time) {
  return std::chrono::floor<microseconds>(zone.to_sys(time, std::chrono::choose::earliest));
}

// The first moment after `time` at which it is 8:00, on a Monday where it is weekly.
Timestamp next_delivery(const std::chrono::time_zone& zone, Timestamp time, bool is_weekly) {
  local_days day = std::chrono::floor<days>(zone.to_local(time));
  constexpr int kDaysAhead = 9;  // a Monday and a day on which 8:00 is over
  for (int i = 0; i < kDaysAhead; ++i, day += days(1)) {
    if (is_weekly && std::chrono::weekday(day) != std::chrono::Monday) continue;
    const Timestamp at = to_timestamp(zone, LocalTime(day.time_since_epoch()) + kDelivery);
    if (at > time) return at;
  }
  return time;
}

Timestamp after_quiet_hours(const std::chrono::time_zone& zone, const QuietHours& quiet, Timestamp time) {
  const LocalTime local = zone.to_local(time);
  const local_days day = std::chrono::floor<days>(local);
  const auto clock = std::chrono::floor<minutes>(local - LocalTime(day.time_since_epoch()));
  const bool spans_midnight = quiet.from > quiet.to;
  const bool is_quiet =
      spans_midnight ? clock >= quiet.from || clock < quiet.to : clock >= quiet.from && clock < quiet.to;
  if (!is_quiet) return time;
  const bool ends_tomorrow = spans_midnight && clock >= quiet.from;
  const LocalTime end = LocalTime(day.time_since_epoch()) + days(ends_tomorrow ? 1 : 0) + quiet.to;
  return std::max(time, to_timestamp(zone, end));
}

}  // namespace

Timestamp due_time(const AlertOptions& options, Timestamp time) {
  const std::chrono::time_zone& zone = zone_of(options.time_zone);
  Timestamp due = time;
  if (options.schedule != Schedule::kNow)
    due = next_delivery(zone, time, options.schedule == Schedule::kWeekly);
  return options.quiet_hours ? after_quiet_hours(zone, *options.quiet_hours, due) : due;
}

}  // namespace fit::alerts
