#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/circuit_breaker.h"

namespace fit::net {

// A circuit breaker for each host that does not respond, so that many requests to a dead host do not wait for
// its time-out one after the other. Hosts that respond cost nothing. Thread-safe; never blocks for long.
class HostBreakers {
 public:
  explicit HostBreakers(CircuitBreaker::Options options) : options_(std::move(options)) {}

  // Whether a request to the host ("shop.example:8443") may be made now. A caller that gets true reports with
  // responded() or failed() afterwards, except when the request was cancelled.
  bool allow(const std::string& host);
  void responded(const std::string& host);
  // There was no response, or the host refuses for now; `at_least` is the pause that it asks for.
  void failed(const std::string& host, std::chrono::milliseconds at_least = {});

  // What CircuitBreaker::retry_in() says of the host; zero for a host that responds.
  std::chrono::milliseconds retry_in(const std::string& host) const;

 private:
  std::shared_ptr<CircuitBreaker> find(const std::string& host) const;

  const CircuitBreaker::Options options_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<CircuitBreaker>> hosts_;  // those that have failed last
};

}  // namespace fit::net
