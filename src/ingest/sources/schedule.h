#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace fit::ingest {

// When a source runs by itself: never, at intervals, or at the times of a cron expression in a time zone. A
// value type; all functions are pure.
class Schedule {
 public:
  Schedule() = default;  // never

  // Reads "" or "manual" (never), an interval of 5 minutes to 31 days ("3h", "90m", "2d"), "@hourly",
  // "@daily",
  // "@weekly", "@monthly", or five fields of cron: minute, hour, day of the month, month, day of the week (0
  // and 7 are Sunday), each "*", numbers, ranges, lists, steps ("*/15") or, for months and weekdays, English
  // names of three letters. Where both days are restricted, either counts. `time_zone` is a name of the IANA
  // database ("Europe/Berlin"); empty means UTC. kInvalid naming "schedule" or "time_zone", also for times
  // that never come.
  static Result<Schedule> parse(std::string_view text, std::string_view time_zone);

  // The first time after `after`; nullopt: never. By cron, a local time that the change to daylight time
  // skips counts at the moment of the change, and one that comes twice counts the first time, unless the hour
  // is "*": then every hour that passes counts.
  std::optional<Timestamp> next(Timestamp after) const;

  bool is_manual() const { return !interval_ && zone_ == nullptr; }
  bool is_interval() const { return interval_.has_value(); }

 private:
  struct Cron {
    std::bitset<60> minutes;
    std::bitset<24> hours;
    std::bitset<32> days;     // 1 to 31
    std::bitset<13> months;   // 1 to 12
    std::bitset<7> weekdays;  // 0 is Sunday
    bool every_hour = false;
    bool any_day = false;
    bool any_weekday = false;
  };

  static Result<Cron> parse_cron(std::string_view text);
  bool has_day(std::chrono::year_month_day date) const;
  std::optional<Timestamp> first_on(std::chrono::year_month_day date, Timestamp after) const;

  std::optional<std::chrono::seconds> interval_;
  Cron cron_;
  const std::chrono::time_zone* zone_ = nullptr;  // of cron; null otherwise
};

}  // namespace fit::ingest
