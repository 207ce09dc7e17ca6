#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cache/redis_pool.h"

namespace fit::cache {

// A Lua script that a Redis server runs as one atomic step. Thread-safe.
class RedisScript {
 public:
  // `text` must outlive the script.
  explicit RedisScript(std::string_view text);

  // Runs the script with KEYS and ARGV, and blocks until its reply. The results of RedisPool::run().
  std::optional<RedisConnection::Reply> run(RedisPool& pool, std::span<const std::string_view> keys,
                                            std::span<const std::string_view> arguments,
                                            Histogram* seconds) const;

 private:
  const std::string_view text_;
  const std::string hash_;
};

}  // namespace fit::cache
