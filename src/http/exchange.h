#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "base/log.h"
#include "base/metrics.h"
#include "http/message.h"
#include "http/router.h"

namespace fit::http {

// What every answer gets on its way out, whoever made it: the request id, security headers, a line in the
// access log, the route's metrics. Thread-safe.
class Finisher {
 public:
  Finisher(Metrics& metrics, Log log, std::string cors_origin);

  struct Facts {
    std::string_view route;  // the pattern, or "unmatched"
    std::string_view method;
    std::chrono::steady_clock::time_point start;
  };
  void finish(const Request& request, const Facts& facts, Response& response);

  Gauge& in_flight() { return in_flight_; }

 private:
  Metrics& metrics_;
  Log log_;
  std::string cors_origin_;
  Gauge& in_flight_;
};

// Runs a route's handler; an Error or an exception becomes its problem answer (with the private part in the
// log).
Response run_handler(const Route& route, const Request& request, const Log& log);

// Ids for requests that bring none: 16 hex digits, unpredictable enough not to collide. Thread-safe.
class RequestIds {
 public:
  RequestIds();
  std::string next();
  // `given` when it is sane (1 to 128 letters, digits, "-", "_", "."), else a new one.
  std::string accept(std::string_view given);

 private:
  std::uint64_t seed_;
  std::atomic<std::uint64_t> counter_{0};
};

}  // namespace fit::http
