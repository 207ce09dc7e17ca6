#pragma once

#include <atomic>
#include <optional>
#include <string_view>

#include "base/log.h"
#include "cache/rate_limiter.h"
#include "cache/redis_pool.h"
#include "cache/redis_script.h"

namespace fit::cache {

// Token buckets in a Redis server (5.0 or newer), shared by all processes that use it. Each call is one
// atomic script, which reads the clock of the server; a bucket expires when it is full. While Redis is
// unavailable or refuses the script, `local` decides instead, so that a limit then applies to each process. A
// call blocks for one round trip, within the time limits of the pool: never call it on an event loop.
// Thread-safe. `pool` and `local` must outlive the limiter.
class RedisRateLimiter final : public RateLimiter {
 public:
  RedisRateLimiter(RedisPool& pool, RateLimiter& local, Log log);

  TokenResult take(std::string_view key, const RateLimit& limit) override;

 private:
  std::optional<TokenResult> take_in_redis(std::string_view key, const RateLimit& limit);

  RedisPool& pool_;
  RateLimiter& local_;
  const Log log_;
  Histogram* const seconds_;  // null without metrics
  const RedisScript script_;
  std::atomic<bool> is_refused_ = false;  // by the last call that Redis answered
};

}  // namespace fit::cache
