#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/background_task.h"
#include "base/clock.h"
#include "base/log.h"
#include "jobs/queue.h"

namespace fit::jobs {

// Retries many dead letters at a limited rate in the background, one run at a time, until all are retried or
// somebody stops it. The end of the program stops it too: the rest stays dead letters. Thread-safe. Borrows
// the queue.
class BulkRetry {
 public:
  // Which dead letters, and how fast.
  struct Request {
    JobQuery query;          // state, before and limit are ignored
    double per_second = 10;  // above 0, at most 1,000
  };
  struct Progress {
    std::int64_t retried = 0;
    std::int64_t gone = 0;  // no longer dead letters when their turn came
    bool is_running = false;
    std::string error;  // why the run ended early; empty: it did not
    Timestamp started_at;
  };

  BulkRetry(Queue& queue, Log log) : queue_(queue), log_(std::move(log)) {}
  ~BulkRetry() { stop(); }
  BulkRetry(const BulkRetry&) = delete;
  BulkRetry& operator=(const BulkRetry&) = delete;

  // Begins a run over the dead letters that there are now, the oldest last. kInvalid naming "per_second";
  // kConflict while a run is in progress.
  Result<Progress> start(const Request& request);
  // Stops the run in progress and waits until its job in hand is retried; does nothing without one.
  void stop();
  // The run in progress or the latest one; nullopt: there was none.
  std::optional<Progress> progress() const;

 private:
  void run(const Request& request, const std::stop_token& stop);
  // Retries a page of dead letters. False at the end of the run.
  bool run_page(JobQuery& query, std::chrono::steady_clock::duration interval, const std::stop_token& stop);

  Queue& queue_;
  const Log log_;
  std::mutex control_;  // of start() and stop()
  mutable std::mutex mutex_;
  std::optional<Progress> progress_;
  std::optional<BackgroundTask> task_;
};

}  // namespace fit::jobs
