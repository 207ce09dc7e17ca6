#pragma once

#include "base/metrics.h"
#include "cache/cache.h"
#include "cache/redis_pool.h"

namespace fit::cache {

// A cache in a Redis server: several processes share it, and it survives restarts. Values carry a checksum
// and an expiry time; damaged, truncated and foreign values count as missing. The time limits of calls are
// those of the pool, which must outlive the cache.
class RedisCache final : public Cache {
 public:
  explicit RedisCache(RedisPool& pool, std::size_t max_value_bytes = 1 << 20);

  std::optional<Found> get(std::string_view key) override;
  void put(std::string_view key, ByteView value, milliseconds time_to_live) override;
  std::size_t max_value_bytes() const override { return max_value_bytes_; }

 private:
  RedisPool& pool_;
  const std::size_t max_value_bytes_;
  Histogram* const get_seconds_;  // null without metrics
  Histogram* const put_seconds_;
};

}  // namespace fit::cache
