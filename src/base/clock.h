#pragma once

#include <chrono>
#include <string>

#include "base/result.h"

namespace fit {

// Wall-clock time in UTC with microseconds, the resolution of stored times.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

Timestamp now();

// "2026-11-22T02:30:00.123456Z" (RFC 3339).
std::string to_rfc3339(Timestamp time);

// Reads RFC 3339 with "Z" or an offset; seconds may have a fraction; a bare date means midnight UTC.
// kInvalid naming `field` otherwise.
Result<Timestamp> parse_rfc3339(std::string_view field, const std::string& text);

}  // namespace fit
