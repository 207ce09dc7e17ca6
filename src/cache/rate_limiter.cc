#include "cache/rate_limiter.h"

#include <algorithm>

namespace fit::cache {

TokenResult token_result(bool is_taken, std::chrono::nanoseconds until_full, const RateLimit& limit) {
  const std::chrono::nanoseconds zero{0};
  until_full = std::clamp(until_full, zero, limit.time_to_fill());
  const auto filled = limit.time_to_fill() - until_full;
  const auto remaining = static_cast<std::uint32_t>(filled / limit.time_of_token());
  const auto until_next = until_full == zero ? zero : limit.time_of_token() * (remaining + 1) - filled;
  return {.is_taken = is_taken, .remaining = remaining, .until_next = until_next, .until_full = until_full};
}

}  // namespace fit::cache
