#pragma once

#include <chrono>
#include <string_view>

#include "base/clock.h"

namespace fit::net {

inline constexpr std::chrono::seconds kLongestRetryAfter = std::chrono::days(31);

// The time from `now` on that a server asks to wait by the value of its header field Retry-After (RFC 9110,
// section 10.2.3), a number of seconds or an HTTP date: from 0, which is also the answer for a time in the
// past and for another text, to kLongestRetryAfter.
std::chrono::seconds parse_retry_after(std::string_view value, Timestamp now);

}  // namespace fit::net
