#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "base/log.h"
#include "base/metrics.h"

namespace fit::http {

// Reports what the server refuses below the level of requests: connections over a limit, heads that come too
// slowly or are not HTTP. All are counted in fit_http_refused_total; the log has one line for each reason in
// ten seconds, with the number since the last, so that an attack does not fill the disk. Thread-safe.
class Refusals {
 public:
  // `metrics` must outlive it.
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
