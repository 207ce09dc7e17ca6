#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/progress.h"
#include "base/result.h"
#include "evaluate/load/arrivals.h"
#include "evaluate/load/latency_recorder.h"
#include "evaluate/load/load_requests.h"
#include "evaluate/load/metrics_page.h"

namespace fit::evaluate {

struct LoadOptions {
  LoadTarget target;
  LoadShape shape = {};
  LoadMix mix;
  // Requests under way at most. When all are taken, the next ones start late, and their lateness is part of
  // their latency.
  int connections = 64;
  std::chrono::milliseconds timeout{30'000};  // of one request
  // The time of one row of the course of the run; at most 1,000 rows are made.
  std::chrono::milliseconds interval{10'000};
  // Whether items and assets that the run makes stay.
  bool keeps_what_it_writes = false;
};

// The requests of one kind. Latencies are counted from when a request was to start, not from when it was
// sent, so that a server that stalls is charged for all requests that wait meanwhile (Gil Tene, "How NOT to
// Measure Latency", on coordinated omission). Failed requests count too.
struct LoadResult {
  LatencyRecorder latency;
  LatencyRecorder service;  // from when it was sent
  std::map<std::string, std::uint64_t>
      failures;  // by "429", "timeout", "connection"; successes are not in it

  std::uint64_t failed() const;
  void merge(const LoadResult& other);
};

// The requests that were to start within one interval.
struct LoadInterval {
  LatencyRecorder latency;
  std::uint64_t failed = 0;
};

// What the server's metrics say about the run.
struct ServerReport {
  std::map<std::string, HistogramChange> routes;                      // its own durations by route
  std::map<std::string, double> answers;                              // by status
  std::optional<double> longest_queue;                                // of samples between intervals
  std::optional<double> memory_before, memory_after, largest_memory;  // in bytes, where it exposes them
};

struct LoadReport {
  LoadShape shape;
  std::uint64_t planned = 0;
  std::uint64_t not_sent = 0;  // because of a stop, or of connections that stayed busy to the end
  bool was_stopped = false;
  std::chrono::milliseconds elapsed{0};
  std::chrono::milliseconds interval{0};
  std::map<LoadKind, LoadResult> kinds;
  std::vector<LoadInterval> course;
  std::optional<ServerReport> server;  // nullopt: the metrics could not be read
  std::uint64_t not_removed = 0;       // items and assets of the run that could not be removed

  LoadResult total() const;
};

// Sends the requests of the shape, waits for their answers, and removes what they have written. Blocks for
// the duration and at most two timeouts more. A stop ends the run early, and the report says so. Errors are
// those of ArrivalSchedule::make(), and of the server before the run has begun. Needs media::start_vips() for
// writes.
Result<LoadReport> run_load(const LoadOptions& options, const Progress& progress,
                            const std::stop_token& stop);

Json to_json(const LoadReport& report);
std::string to_table(const LoadReport& report);

}  // namespace fit::evaluate
