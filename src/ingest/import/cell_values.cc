#include "ingest/import/cell_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <sstream>

#include "base/format.h"
#include "base/text.h"
#include "catalog/text_rules.h"
#include "text/html.h"
#include "text/money.h"

namespace fit::ingest {
namespace {

// The characters that trim_marks() removes.
constexpr std::array kMarks = std::to_array<std::string_view>(
    {" ",      "\t",     "\n",     "\r",     "\f",     "\v",     std::string_view("\0", 1),
     "\u00A0", "\u00AD", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
     "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A",
     "\u200B", "\u200C", "\u200D", "\u200E", "\u200F", "\u2028", "\u2029",
     "\u202F", "\u205F", "\u2060", "\u3000", "\uFEFF"});

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string resolved(std::string_view cell) {
  return text::has_markup(cell) ? text::plain_text(cell) : std::string(cell);
}

constexpr std::array kMonths = std::to_array<std::string_view>(
    {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"});
constexpr std::array kOtherMonths = std::to_array<std::pair<std::string_view, unsigned>>(
    {{"mär", 3},  {"mrz", 3},  {"mai", 5},  {"okt", 10}, {"dez", 12}, {"janv", 1}, {"fév", 2}, {"avr", 4},
     {"juin", 6}, {"juil", 7}, {"août", 8}, {"déc", 12}, {"ene", 1},  {"abr", 4},  {"ago", 8}, {"dic", 12},
     {"gen", 1},  {"mag", 5},  {"giu", 6},  {"lug", 7},  {"set", 9},  {"ott", 10}});

// The number of the month that a word names; 0 for other words.
unsigned month_of(std::string_view word) {
  for (const auto& [name, month] : kOtherMonths) {
    if (word.starts_with(name)) return month;
  }
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (word.starts_with(kMonths[i])) return i + 1;
  }
  return 0;
}

std::optional<Timestamp> time_of(std::chrono::year_month_day day, std::chrono::microseconds of_day) {
  if (!day.ok()) return std::nullopt;
  return Timestamp(std::chrono::sys_days(day)) + of_day;
}

struct Clock {
  std::chrono::microseconds of_day{0};
  std::string date;  // the text without the time of day
};

// Separates a time of day such as "12:30", "12:30:15.25" or "1:05 PM" from the rest of a text.
std::optional<Clock> take_clock(std::string text) {
  Clock clock{.date = text};
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return clock;
  std::size_t begin = colon;
  while (begin > 0 && is_digit(text[begin - 1])) --begin;
  int hour = 0;
  int minute = 0;
  double second = 0;
  const char* const end = text.data() + text.size();
  if (std::from_chars(text.data() + begin, text.data() + colon, hour).ptr != text.data() + colon)
    return std::nullopt;
  const char* at = std::from_chars(text.data() + colon + 1, end, minute).ptr;
  if (at != end && *at == ':') at = std::from_chars(at + 1, end, second, std::chars_format::fixed).ptr;
  std::string rest(trim(std::string_view(at, end)));
  if (rest.starts_with("pm") && hour < 12) hour += 12;
  if (rest.starts_with("am") && hour == 12) hour = 0;
  if (rest.starts_with("pm") || rest.starts_with("am")) rest.erase(0, 2);
  for (const char* zone : {"utc", "gmt", "z", "+0000", "+00:00"}) {
    if (trim(rest) == zone) rest.clear();
  }
  if (!trim(rest).empty() || hour > 23 || minute > 59 || second >= 61 || second < 0) return std::nullopt;
  std::string date(trim(std::string_view(text).substr(0, begin)));
  if (date.ends_with('t')) date.pop_back();
  while (date.ends_with(',')) date.pop_back();
  clock.date = trim(date);
  clock.of_day = std::chrono::hours(hour) + std::chrono::minutes(minute) +
                 std::chrono::microseconds(static_cast<std::int64_t>(second * 1e6));
  return clock;
}

struct DateParts {
  std::vector<int> numbers;
  std::vector<std::size_t> digits;  // the number of digits of each number
  unsigned month = 0;               // the month that a word names; 0: none
  std::size_t before_month = 0;     // the count of numbers before the month
  char separator = ' ';
  bool is_other = false;  // the text has another word or sign
};

DateParts parts_of(std::string_view text) {
  DateParts parts;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    if (is_digit(text[at])) {
      while (end < text.size() && is_digit(text[end])) ++end;
      int number = -1;
      std::from_chars(text.data() + at, text.data() + end, number);
      parts.numbers.push_back(number);
      parts.digits.push_back(end - at);
    } else if (is_alpha(text[at]) || static_cast<unsigned char>(text[at]) >= 0x80) {
      while (end < text.size() && (is_alpha(text[end]) || static_cast<unsigned char>(text[end]) >= 0x80))
        ++end;
      const std::string_view word = text.substr(at, end - at);
      const unsigned month = month_of(word);
      constexpr std::array kIgnored = std::to_array<std::string_view>(
          {"mon",      "tue",    "wed",      "thu",    "fri", "sat", "sun", "monday", "tuesday", "wednesday",
           "thursday", "friday", "saturday", "sunday", "st",  "nd",  "rd",  "th",     "of",      "de"});
      if (std::ranges::contains(kIgnored, word)) {
        // A weekday or an ordinal suffix is ignored.
      } else if (month != 0 && parts.month == 0) {
        parts.month = month;
        parts.before_month = parts.numbers.size();
      } else {
        parts.is_other = true;
      }
    } else {
      if (parts.numbers.size() == 1 && parts.separator == ' ') parts.separator = text[at];
      parts.is_other = parts.is_other || std::string_view(" ,./-").find(text[at]) == std::string_view::npos;
      end = at + 1;
    }
    at = end;
  }
  return parts;
}

std::optional<std::chrono::year_month_day> date_of(std::string_view text) {
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::year;
  const DateParts parts = parts_of(text);
  const std::vector<int>& n = parts.numbers;
  const auto made = [](int y, int m, int d) {
    return year(y) / month(static_cast<unsigned>(m)) / day(static_cast<unsigned>(d));
  };
  if (parts.is_other) return std::nullopt;
  if (parts.month != 0) {
    if (n.size() != 2) return std::nullopt;
    const std::size_t year_at = parts.digits[0] == 4 ? 0 : 1;
    return made(n[year_at], static_cast<int>(parts.month), n[1 - year_at]);
  }
  if (n.size() == 1 && parts.digits[0] == 8) return made(n[0] / 10'000, n[0] / 100 % 100, n[0] % 100);
  if (n.size() != 3) return std::nullopt;
  if (parts.digits[0] == 4) return made(n[0], n[1], n[2]);
  if (parts.digits[2] != 4) return std::nullopt;
  if (parts.separator == '.' || n[0] > 12 || n[0] == n[1]) return made(n[2], n[1], n[0]);  // day, month, year
  if (n[1] > 12) return made(n[2], n[0], n[1]);
  return std::nullopt;  // day and month could be swapped
}

std::optional<Timestamp> unix_time(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  if (text.size() == 10) return Timestamp(std::chrono::seconds(number));
  if (text.size() == 13) return Timestamp(std::chrono::milliseconds(number));
  return std::nullopt;
}

struct StatusName {
  std::string_view word;
  std::string_view status;
};
constexpr std::array kStatusNames = std::to_array<StatusName>({
    {"active", "active"},
    {"available", "active"},
    {"in stock", "active"},
    {"instock", "active"},
    {"onsale", "active"},
    {"on sale", "active"},
    {"for sale", "active"},
    {"published", "active"},
    {"publish", "active"},
    {"live", "active"},
    {"open", "active"},
    {"listed", "active"},
    {"preorder", "active"},
    {"pre order", "active"},
    {"backorder", "active"},
    {"limited availability", "active"},
    {"limitedavailability", "active"},
    {"in store only", "active"},
    {"online only", "active"},
    {"onlineonly", "active"},
    {"instoreonly", "active"},
    {"selling", "active"},
    {"new arrival", "active"},
    {"low stock", "active"},
    {"sold", "sold"},
    {"sold out", "sold"},
    {"soldout", "sold"},
    {"out of stock", "sold"},
    {"outofstock", "sold"},
    {"unavailable", "sold"},
    {"not available", "sold"},
    {"discontinued", "sold"},
    {"closed", "sold"},
    {"ended", "sold"},
    {"completed", "sold"},
    {"purchased", "sold"},
    {"reserved", "reserved"},
    {"pending", "reserved"},
    {"on hold", "reserved"},
    {"hidden", "hidden"},
    {"draft", "hidden"},
    {"archived", "hidden"},
    {"inactive", "hidden"},
    {"private", "hidden"},
    {"unlisted", "hidden"},
    {"deleted", "hidden"},
    {"unpublished", "hidden"},
    {"paused", "hidden"},
    {"expired", "hidden"},
    {"removed", "removed"},
});

void set_meaning(domain::Listing& listing, std::string_view field, std::string_view cell,
                 Warnings& warnings) {
  const std::string value = read_line(cell);
  if (value.empty()) return;
  if (field == "status") {
    if (const auto status = read_status(value)) {
      listing.status = *status;
    } else {
      warn(warnings, "status", "is none of active, reserved, sold, hidden, removed; left as active", cell);
    }
  } else if (field == "listed_at") {
    if (listing.listed_at) return;
    listing.listed_at = read_time(value);
    if (!listing.listed_at) warn(warnings, "listed_at", "is not a date that can be read; left empty", cell);
  } else if (field == "currency") {
    if (!listing.currency.empty()) return;
    listing.currency = text::currency_code(value);
    if (listing.currency.empty() && !text::is_currency(value))
      warn(warnings, "currency", "is not a currency; left empty", cell);
  }
}

void set_url(domain::Listing& listing, std::string_view cell, Warnings& warnings) {
  std::string url = read_line(cell);
  if (url.empty() || !listing.url.empty()) return;
  if (url.starts_with("//")) url.insert(0, "https:");
  if (url.starts_with("www.")) url.insert(0, "https://");
  if (!catalog::set_text(listing, "url", url)) {
    warn(warnings, "url", "is not an http or https URL that can be kept; left empty", cell);
  }
}

}  // namespace

void warn(Warnings& warnings, std::string field, std::string reason, std::string_view value) {
  warnings.push_back(
      {std::move(field), std::move(reason), std::string(utf8_prefix(value, kMaxWarningValue))});
}

std::string_view trim_marks(std::string_view text) {
  const auto at_begin = [&text](std::string_view mark) { return text.starts_with(mark); };
  const auto at_end = [&text](std::string_view mark) { return text.ends_with(mark); };
  for (auto mark = std::ranges::find_if(kMarks, at_begin); mark != kMarks.end();
       mark = std::ranges::find_if(kMarks, at_begin)) {
    text.remove_prefix(mark->size());
  }
  for (auto mark = std::ranges::find_if(kMarks, at_end); mark != kMarks.end();
       mark = std::ranges::find_if(kMarks, at_end)) {
    text.remove_suffix(mark->size());
  }
  return text;
}

std::string read_line(std::string_view cell) {
  std::string text = resolved(cell);
  std::string line;
  for (const char c : trim_marks(text)) {
    const bool is_blank = is_control(c) || c == ' ';
    if (is_blank && line.ends_with(' ') && is_control(c)) continue;  // "\r\n" becomes one blank
    line += is_blank ? ' ' : c;
  }
  return std::string(trim(line));
}

std::string read_block(std::string_view cell) {
  std::string text = resolved(cell);
  std::string block;
  const std::string_view trimmed = trim_marks(text);
  for (std::size_t i = 0; i < trimmed.size(); ++i) {
    const char c = trimmed[i];
    if (c == '\r') {
      if (i + 1 == trimmed.size() || trimmed[i + 1] != '\n') block += '\n';
    } else {
      block += is_control(c) && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return std::string(trim(block));
}

std::string normal_name(std::string_view header) {
  std::string name;
  std::string_view text = trim_marks(header);
  if (text.starts_with("g:")) text.remove_prefix(2);
  char before = '_';
  for (const char c : text) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_break = c == ' ' || c == '-' || c == '_' || c == '\n' || c == '\t';
    if (is_break || (is_upper && ((before >= 'a' && before <= 'z') || is_digit(before)))) {
      if (!name.empty() && !name.ends_with('_')) name += '_';
    }
    if (!is_break) name += is_upper ? static_cast<char>(c | 0x20) : c;
    before = c;
  }
  return name;
}

void set_listing_text(domain::Listing& listing, std::string_view field, std::string_view cell,
                      Warnings& warnings) {
  const std::string_view trimmed = trim_marks(cell);
  if (trimmed.empty() || is_no_value(trimmed)) return;
  if (field == "status" || field == "listed_at" || field == "currency") {
    set_meaning(listing, field, trimmed, warnings);
    return;
  }
  if (field == "url") {
    set_url(listing, trimmed, warnings);
    return;
  }
  const std::string* const now = catalog::find_text(listing, field);
  if (now != nullptr && !now->empty()) return;
  std::string value = field == "description" ? read_block(trimmed) : read_line(trimmed);
  const std::size_t most = catalog::max_text_bytes(field);
  if (value.size() > most) {
    value.resize(utf8_prefix(value, most).size());
    warn(warnings, std::string(field), fit::format("is longer than {} bytes; cut", most), trimmed);
  }
  if (!catalog::set_text(listing, field, value)) {
    warn(warnings, std::string(field), "cannot be read; left empty", trimmed);
  }
}

bool is_no_value(std::string_view cell) {
  constexpr std::array kNoValues = std::to_array<std::string_view>(
      {"nan", "NaN", "NAN", "null", "NULL", "Null", "None", "N/A", "n/a", "#N/A", "<NA>"});
  return std::ranges::contains(kNoValues, trim_marks(cell));
}

std::optional<Timestamp> read_time(std::string_view text) {
  const std::string value(trim_marks(text));
  if (auto time = parse_rfc3339("listed_at", value)) return *time;
  if (auto time = unix_time(value)) return time;
  std::string lower = to_lower(value);
  if (const std::size_t paren = lower.find(" ("); paren != std::string::npos) lower.resize(paren);
  const auto clock = take_clock(std::move(lower));
  if (!clock) return std::nullopt;
  const auto date = date_of(clock->date);
  return date ? time_of(*date, clock->of_day) : std::nullopt;
}

std::optional<std::string_view> read_status(std::string_view text) {
  std::string word = to_lower(trim_marks(text));
  if (const std::size_t slash = word.rfind("schema.org/"); slash != std::string::npos)
    word.erase(0, slash + 11);
  for (char& c : word) {
    if (c == '_' || c == '-') c = ' ';
  }
  const auto* const known = std::ranges::find(kStatusNames, std::string_view(word), &StatusName::word);
  if (known == kStatusNames.end()) return std::nullopt;
  return known->status;
}

std::optional<bool> read_flag(std::string_view text) {
  const std::string word = to_lower(trim_marks(text));
  for (const char* yes : {"1", "true", "yes", "y", "wahr", "vrai", "ja", "x"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"0", "false", "no", "n", "-1", "falsch", "faux", "nein"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

bool is_spoiled_id(std::string_view id) {
  const std::size_t e = id.find_first_of("eE");
  if (e == std::string_view::npos || e == 0 || !is_digit(id[0])) return false;
  const std::string_view mantissa = id.substr(0, e);
  std::string_view exponent = id.substr(e + 1);
  const bool has_point = mantissa.find_first_of(".,") != std::string_view::npos;
  const bool has_sign = exponent.starts_with('+');
  if (has_sign) exponent.remove_prefix(1);
  const bool digits =
      std::ranges::all_of(mantissa, [](char c) { return is_digit(c) || c == '.' || c == ','; }) &&
      !exponent.empty() && exponent.size() <= 3 && std::ranges::all_of(exponent, is_digit);
  return digits && has_sign && (has_point || mantissa.size() == 1);
}

}  // namespace fit::ingest
