#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/rate_limit.h"

namespace fit::cache {

// What a request for a token got, and the state of the bucket after it.
struct TokenResult {
  bool is_taken = false;                   // false: the bucket was empty, and is unchanged
  std::uint32_t remaining = 0;             // whole tokens in the bucket
  std::chrono::nanoseconds until_next{0};  // until one more token is in the bucket; 0: it is full
  std::chrono::nanoseconds until_full{0};
};

// Token buckets by key. A key that was not used before, or not since its bucket became full, has a full
// bucket. When the limit of a key changes, an empty bucket stays empty, and a bucket never holds more than
// the new burst. Calls never fail. Thread-safe.
class RateLimiter {
 public:
  virtual ~RateLimiter() = default;

  // Takes a token from the bucket of the key. `limit` is not off.
  virtual TokenResult take(std::string_view key, const RateLimit& limit) = 0;
};

// The result for a bucket that becomes full in `until_full`, which is at most limit.time_to_fill().
TokenResult token_result(bool is_taken, std::chrono::nanoseconds until_full, const RateLimit& limit);

}  // namespace fit::cache
