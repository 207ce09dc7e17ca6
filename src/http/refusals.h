#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "base/log.h"
#include "base/metrics.h"

namespace fit::http {

// Reports connections and requests that the server refuses before they reach a route: connections over a
// limit, requests that arrive too slowly or are not valid HTTP. Counts each in fit_http_refused_total. Logs
// at most one line in ten seconds for each reason, with the number since the last line, so that an attack
// does not fill the disk. Thread-safe.
class Refusals {
 public:
  // `metrics` must outlive this object.
  Refusals(Metrics& metrics, Log log) : metrics_(metrics), log_(std::move(log)) {}

  void report(const std::string& reason, const std::string& peer, std::string_view detail = {});

 private:
  struct Kind {
    std::chrono::steady_clock::time_point next_line;
    std::size_t since_last_line = 0;
  };

  Metrics& metrics_;
  const Log log_;
  std::mutex mutex_;
  std::map<std::string, Kind> kinds_;
};

}  // namespace fit::http
