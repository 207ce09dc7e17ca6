#pragma once

#include <memory>
#include <string>

#include "base/circuit_breaker.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/cache.h"

namespace fit::cache {

// In a Redis server, so that several processes share what they keep, and restarts keep it. Values carry a
// checksum and the end of their time: what is damaged, cut off or put there by others is not there.
//
// A Redis that is slow or gone costs a call no more than `command_timeout`, and after some failures nothing,
// since it is passed over until a thread of this object has reached it again. That thread makes all
// connections, so no call waits for a name server or a handshake.
class RedisCache final : public Cache {
 public:
  struct Options {
    std::size_t connections = 8;
    milliseconds connect_timeout{500};
    milliseconds command_timeout{20};
    std::size_t max_value_bytes = 1 << 20;
    CircuitBreaker::Options breaker = {
        .failures = 3, .open_for = milliseconds(500), .longest = milliseconds(10'000)};
    Metrics* metrics = nullptr;  // fit_redis_*; must outlive the cache
  };

  // kInvalid for a REDIS_URL that is none; a server that is not there is no error.
  static Result<std::unique_ptr<RedisCache>> open(const std::string& url, Log log, Options options);
  static Result<std::unique_ptr<RedisCache>> open(const std::string& url, Log log) {
    return open(url, std::move(log), {});
  }
  ~RedisCache() override;

  std::optional<Found> get(std::string_view key) override;
  void put(std::string_view key, ByteView value, milliseconds time_to_live) override;
  std::size_t max_value_bytes() const override;

  // Whether it is used at the moment.
  bool is_connected() const;
  // Waits until it is; for tests. False when that takes longer.
  bool wait_connected(milliseconds time) const;

 private:
  struct State;
  explicit RedisCache(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fit::cache
