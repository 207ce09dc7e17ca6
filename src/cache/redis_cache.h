#pragma once

#include <memory>
#include <string>

#include "base/circuit_breaker.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/cache.h"

namespace fit::cache {

// A cache in a Redis server: several processes share it, and it survives restarts. Values carry a checksum
// and an expiry time; damaged, truncated and foreign values count as missing.
//
// A slow or unreachable Redis costs a call at most `command_timeout`, and nothing while the circuit breaker
// is open. A background thread makes all connections, so no call waits for a name server or a handshake.
class RedisCache final : public Cache {
 public:
  // Connections, limits and reporting of the cache.
  struct Options {
    std::size_t connections = 8;
    milliseconds connect_timeout{500};
    milliseconds command_timeout{20};
    std::size_t max_value_bytes = 1 << 20;
    CircuitBreaker::Options breaker = {
        .failures = 3, .open_for = milliseconds(500), .longest = milliseconds(10'000)};
    Metrics* metrics = nullptr;  // fit_redis_*; must outlive the cache
  };

  // kInvalid for a malformed REDIS_URL. An unreachable server is no error.
  static Result<std::unique_ptr<RedisCache>> open(const std::string& url, Log log, Options options);
  static Result<std::unique_ptr<RedisCache>> open(const std::string& url, Log log) {
    return open(url, std::move(log), {});
  }
  ~RedisCache() override;

  std::optional<Found> get(std::string_view key) override;
  void put(std::string_view key, ByteView value, milliseconds time_to_live) override;
  std::size_t max_value_bytes() const override;

  // Whether Redis is connected and the circuit breaker is closed.
  bool is_connected() const;
  // Waits for is_connected(), at most for `time`. Returns is_connected(). For tests.
  bool wait_connected(milliseconds time) const;

 private:
  struct State;
  explicit RedisCache(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fit::cache
