#include "base/clock.h"

#include <sstream>

#include "base/format.h"

namespace fit {

Timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(Timestamp time) {
  return fit::format("{:%FT%T}Z", time);
}

Result<Timestamp> parse_rfc3339(std::string_view field, const std::string& text) {
  for (const char* format : {"%FT%TZ", "%FT%T%Ez", "%F %T%Ez", "%FT%T", "%F"}) {
    std::istringstream stream(text);
    Timestamp time;
    stream >> std::chrono::parse(format, time);
    if (!stream.fail() && stream.peek() == std::istringstream::traits_type::eof()) return time;
  }
  return invalid(std::string(field), "must be a time such as 2026-11-22T12:30:00Z");
}

}  // namespace fit
