#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit {

// A limit of requests, enforced by a token bucket: a bucket holds at most `burst` tokens, `count` tokens are
// added in each `window`, and a request takes one. A value type.
struct RateLimit {
  static constexpr std::uint32_t kMost = 1'000'000;     // of count and burst
  static constexpr std::uint32_t kMostWindows = 1'000;  // in which an empty bucket becomes full

  std::uint32_t count = 0;          // tokens added in a window; 0: no limit
  std::chrono::seconds window{60};  // a second, a minute, an hour or a day
  std::uint32_t burst = 0;          // tokens of a full bucket; 0 only where count is 0

  // Reads "10/minute", "100/second", "5000/hour", "1000/day", or one of them with a burst: "10/minute burst
  // 20". Without it, the burst is the count; it is at most a thousand times the count. "off" is no limit.
  // kInvalid naming `field` otherwise.
  static Result<RateLimit> parse(const std::string& field, std::string_view text);

  bool is_off() const { return count == 0; }
  // The time in which one token is added; at least a microsecond. Not for a limit that is off.
  std::chrono::nanoseconds time_of_token() const { return std::chrono::nanoseconds(window) / count; }
  // The time in which an empty bucket becomes full. Not for a limit that is off.
  std::chrono::nanoseconds time_to_fill() const { return time_of_token() * burst; }

  bool operator==(const RateLimit&) const = default;
};

// The text that parse() reads: "10/minute", "10/minute burst 20", "off".
std::string to_string(const RateLimit& limit);

}  // namespace fit
