#pragma once

#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "jobs/queue.h"

namespace fit::jobs {

// Keeps a queue in order in the background: counts jobs for /metrics and /health, and removes finished jobs
// after their time in small steps. Thread-safe, except start() and stop(). Borrows the queue and the metrics.
class QueueUpkeep {
 public:
  struct Options {
    std::chrono::hours retention{7 * 24};     // how long finished jobs are kept; dead letters stay
    std::chrono::milliseconds period{5'000};  // between two counts
  };
  struct Parts {
    Queue& queue;
    Log log;
    Metrics& metrics;
  };
  QueueUpkeep(Parts parts, const Options& options);
  ~QueueUpkeep() { stop(); }
  QueueUpkeep(const QueueUpkeep&) = delete;
  QueueUpkeep& operator=(const QueueUpkeep&) = delete;

  void start();
  void stop();

  // The queues when they were last counted; empty before the first count. Does not block.
  std::vector<QueueState> queues() const;

 private:
  void count();
  void show(const std::vector<QueueState>& queues);
  void show(const QueueState& queue, Timestamp time);
  void prune(const std::stop_token& stop);

  Queue& queue_;
  const Log log_;
  Metrics& metrics_;
  const Options options_;
  std::set<std::string> shown_;  // queues that have gauges; used by the task
  bool is_failing_ = false;      // used by the task

  mutable std::mutex mutex_;
  std::vector<QueueState> queues_;

  BackgroundTask task_;
};

}  // namespace fit::jobs
