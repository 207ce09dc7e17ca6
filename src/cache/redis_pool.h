#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/circuit_breaker.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/redis_connection.h"

namespace fit::cache {

// The sessions with a Redis server that a process shares.
//
// A slow or unreachable Redis costs a call at most `command_timeout` to get a session and as much for the
// command, and nothing while the circuit breaker is open. A background thread makes all connections, so no
// call waits for a name server or a handshake. Thread-safe.
class RedisPool {
 public:
  // Connections, limits and reporting of the pool.
  struct Options {
    std::size_t connections = 8;
    milliseconds connect_timeout{500};
    milliseconds command_timeout{20};
    CircuitBreaker::Options breaker = {
        .failures = 3, .open_for = milliseconds(500), .longest = milliseconds(10'000)};
    Metrics* metrics = nullptr;  // fit_redis_*; must outlive the pool
  };

  // kInvalid for a malformed REDIS_URL. An unreachable server is no error.
  static Result<std::unique_ptr<RedisPool>> open(const std::string& url, Log log, Options options);
  static Result<std::unique_ptr<RedisPool>> open(const std::string& url, Log log) {
    return open(url, std::move(log), {});
  }
  ~RedisPool();

  // Runs one command and blocks until its reply. nullopt when Redis is unavailable or too slow, so that the
  // command may or may not have been executed. A refusal is a reply, and is counted as a failure. `seconds`,
  // if not null, observes the time of the command.
  std::optional<RedisConnection::Reply> run(std::span<const std::string_view> command, Histogram* seconds);
  std::optional<RedisConnection::Reply> run(std::initializer_list<std::string_view> command,
                                            Histogram* seconds) {
    return run(std::span(command.begin(), command.size()), seconds);
  }

  // Opens a session beside those of the pool, for a subscription. Blocks. The errors of
  // RedisConnection::open().
  Result<std::unique_ptr<RedisConnection>> connect() const;

  // The histogram fit_redis_seconds{call}; null without metrics.
  Histogram* seconds_of(std::string_view call) const;

  // Whether Redis is connected and the circuit breaker is closed.
  bool is_connected() const;
  // Waits for is_connected(), at most for `time`. Returns is_connected(). For tests.
  bool wait_connected(milliseconds time) const;

 private:
  struct State;
  explicit RedisPool(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fit::cache
