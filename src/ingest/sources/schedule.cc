#include "ingest/sources/schedule.h"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <stdexcept>
#include <vector>

#include "base/format.h"
#include "base/text.h"

namespace fit::ingest {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kShortestInterval = minutes(5);
constexpr seconds kLongestInterval = days(31);
constexpr int kSearchedDays = 366 * 9;  // the 29th of February comes at least every eight years
constexpr std::size_t kMaxSchedule = 200;

Error bad_schedule(std::string message) {
  return invalid("schedule", std::move(message));
}

Error not_a_schedule() {
  return bad_schedule(
      R"(must be an interval such as "3h", a cron expression of five fields such as "0 */3 * * *", or "manual")");
}

std::optional<int> schedule_number(std::string_view text) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || text.empty() || text.front() == '-') return std::nullopt;
  return value;
}

std::optional<seconds> interval_of(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto number = schedule_number(text.substr(0, text.size() - 1));
  if (!number || *number > 100'000) return std::nullopt;
  switch (text.back()) {
    case 'm':
      return minutes(*number);
    case 'h':
      return hours(*number);
    case 'd':
      return days(*number);
    default:
      return std::nullopt;
  }
}

// The bounds of a cron field and the names of its values from `low` on.
struct CronField {
  std::string_view name;
  int low = 0;
  int high = 0;
  std::vector<std::string_view> names = {};
};

std::optional<int> cron_value(const CronField& field, std::string_view text) {
  const auto found = std::ranges::find(field.names, to_lower(text));
  if (found != field.names.end()) return field.low + static_cast<int>(found - field.names.begin());
  const auto number = schedule_number(text);
  if (!number || *number < field.low || *number > field.high) return std::nullopt;
  return number;
}

// Calls `set` with each value of one part of a field: "*", "5", "1-5", any of these with "/2".
template <class Set>
bool read_cron_part(const CronField& field, std::string_view part, const Set& set) {
  int step = 1;
  const std::size_t slash = part.find('/');
  if (slash != std::string_view::npos) {
    const auto number = schedule_number(part.substr(slash + 1));
    if (!number || *number < 1 || *number > field.high) return false;
    step = *number;
    part = part.substr(0, slash);
  }
  int first = field.low;
  int last = field.high;
  if (part != "*") {
    const std::size_t dash = part.find('-');
    const auto from = cron_value(field, part.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : cron_value(field, part.substr(dash + 1));
    if (!from || !to || *from > *to) return false;
    first = *from;
    if (dash != std::string_view::npos || slash == std::string_view::npos) last = *to;
  }
  for (int value = first; value <= last; value += step) set(value);
  return true;
}

template <std::size_t N>
Result<std::bitset<N>> read_cron_field(const CronField& field, std::string_view text) {
  std::bitset<N> bits;
  for (const auto part : std::views::split(text, ',')) {
    const std::string_view one(part.begin(), part.end());
    const bool is_good =
        read_cron_part(field, one, [&bits](int value) { bits.set(static_cast<std::size_t>(value) % N); });
    if (!is_good)
      return bad_schedule(fit::format("the {} cannot be read: \"{}\"", field.name, utf8_prefix(text, 50)));
  }
  return bits;
}

std::vector<std::string_view> schedule_words(std::string_view text) {
  std::vector<std::string_view> words;
  for (const auto part : std::views::split(text, ' ')) {
    if (!part.empty()) words.emplace_back(part.begin(), part.end());
  }
  return words;
}

std::string_view without_nickname(std::string_view text) {
  if (text == "@hourly") return "0 * * * *";
  if (text == "@daily") return "0 0 * * *";
  if (text == "@weekly") return "0 0 * * 0";
  if (text == "@monthly") return "0 0 1 * *";
  return text;
}

// std::chrono throws for unknown names, and where the machine has no time zone database.
Result<const std::chrono::time_zone*> find_zone(std::string_view name) {
  try {
    return std::chrono::locate_zone(name.empty() ? "UTC" : name);
  } catch (const std::runtime_error&) {
    return invalid("time_zone", fit::format("\"{}\" is no time zone of this machine, such as Europe/Berlin",
                                            utf8_prefix(name, 50)));
  }
}

}  // namespace

Result<Schedule::Cron> Schedule::parse_cron(std::string_view text) {
  const auto words = schedule_words(text);
  if (words.size() != 5) return not_a_schedule();
  Cron cron;
  FIT_TRY(cron.minutes, read_cron_field<60>({"minute", 0, 59}, words[0]));
  FIT_TRY(cron.hours, read_cron_field<24>({"hour", 0, 23}, words[1]));
  FIT_TRY(cron.days, read_cron_field<32>({"day of the month", 1, 31}, words[2]));
  FIT_TRY(cron.months, read_cron_field<13>({"month",
                                            1,
                                            12,
                                            {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
                                             "oct", "nov", "dec"}},
                                           words[3]));
  FIT_TRY(cron.weekdays,
          read_cron_field<7>({"day of the week", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
                             words[4]));
  cron.every_hour = words[1] == "*";
  cron.any_day = words[2].starts_with('*');
  cron.any_weekday = words[4].starts_with('*');
  return cron;
}

Result<Schedule> Schedule::parse(std::string_view text, std::string_view time_zone) {
  Schedule schedule;
  FIT_TRY(const std::chrono::time_zone* const zone, find_zone(time_zone));
  text = trim(text);
  if (text.size() > kMaxSchedule) return not_a_schedule();
  if (text.empty() || text == "manual") return schedule;
  if (const auto interval = interval_of(text)) {
    if (*interval < kShortestInterval || *interval > kLongestInterval) {
      return bad_schedule("must be between 5 minutes and 31 days");
    }
    schedule.interval_ = *interval;
    return schedule;
  }
  FIT_TRY(schedule.cron_, parse_cron(without_nickname(text)));
  schedule.zone_ = zone;
  if (!schedule.next(Timestamp{})) return bad_schedule("is a time that never comes");
  return schedule;
}

bool Schedule::has_day(std::chrono::year_month_day date) const {
  if (!cron_.months.test(static_cast<unsigned>(date.month()))) return false;
  const bool day = cron_.days.test(static_cast<unsigned>(date.day()));
  const bool weekday = cron_.weekdays.test(std::chrono::weekday(std::chrono::local_days(date)).c_encoding());
  if (cron_.any_day || cron_.any_weekday) return day && weekday;
  return day || weekday;
}

std::optional<Timestamp> Schedule::first_on(std::chrono::year_month_day date, Timestamp after) const {
  std::optional<Timestamp> first;
  const auto offer = [&](std::chrono::sys_seconds time) {
    if (time > after && (!first || time < *first)) first = time;
  };
  for (int hour = 0; hour < 24; ++hour) {
    if (!cron_.hours.test(static_cast<std::size_t>(hour))) continue;
    for (int minute = 0; minute < 60; ++minute) {
      if (!cron_.minutes.test(static_cast<std::size_t>(minute))) continue;
      const std::chrono::local_seconds local = std::chrono::local_days(date) + hours(hour) + minutes(minute);
      const std::chrono::local_info info = zone_->get_info(local);
      if (info.result == std::chrono::local_info::nonexistent) {
        if (!cron_.every_hour) offer(info.first.end);
        continue;
      }
      offer(std::chrono::sys_seconds(local.time_since_epoch() - info.first.offset));
      if (info.result == std::chrono::local_info::ambiguous && cron_.every_hour) {
        offer(std::chrono::sys_seconds(local.time_since_epoch() - info.second.offset));
      }
    }
    // Later hours of an ordinary day are later times; around a change of the clock every hour is looked at.
    const auto midnight = std::chrono::local_days(date);
    if (first && zone_->get_info(midnight).first.offset == zone_->get_info(midnight + days(1)).first.offset) {
      return first;
    }
  }
  return first;
}

std::optional<Timestamp> Schedule::next(Timestamp after) const {
  if (interval_) return after + *interval_;
  if (zone_ == nullptr) return std::nullopt;
  const auto local = zone_->to_local(std::chrono::floor<seconds>(after));
  auto day = std::chrono::floor<days>(local);
  for (int i = 0; i < kSearchedDays; ++i, day += days(1)) {
    const std::chrono::year_month_day date(day);
    if (!has_day(date)) continue;
    if (const auto time = first_on(date, after)) return time;
  }
  return std::nullopt;
}

}  // namespace fit::ingest
