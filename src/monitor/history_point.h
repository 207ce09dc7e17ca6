#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "monitor/exposition.h"

// What a server did in a step of time, as the differences between two readings of its metrics. Nothing here
// reads a clock or a metric.
namespace fit::monitor {

// The metrics of one moment that a history keeps. Counters start at 0 with the process.
struct HistoryReading {
  Timestamp at;
  double requests = 0;  // so far, without those by which people watch the server
  double searches = 0;
  double refused = 0;  // answered with 4xx
  double failed = 0;   // answered with 5xx
  double cpu_seconds = 0;
  double in_flight = 0;
  double queued = 0;
  double memory_bytes = 0;                // resident
  std::map<double, double> search_times;  // searches by upper bound, in seconds; cumulative
};

HistoryReading read_history(const std::vector<Sample>& samples, Timestamp at);

// The time between two readings.
struct HistoryPoint {
  Timestamp at;         // its end
  double requests = 0;  // a second, as the next three
  double searches = 0;
  double refused = 0;
  double failed = 0;
  std::optional<double> median_s = {};  // of the times of searches; nullopt: there was none
  std::optional<double> p95_s = {};
  double in_flight = 0;  // at its end, as the next two
  double queued = 0;
  double memory_bytes = 0;
  double cores = 0;  // that the process used on average

  friend bool operator==(const HistoryPoint&, const HistoryPoint&) = default;
};

// `after` is later than `before`, and of the same process.
HistoryPoint point_between(const HistoryReading& before, const HistoryReading& after);

}  // namespace fit::monitor
