#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/trace.h"
#include "jobs/handler.h"
#include "jobs/queue.h"

namespace fit::jobs {

// Does the jobs of a queue on threads of its own. One thread claims jobs in batches, ends them in batches, so
// that many share one commit, and extends their leases; the others run handlers. Quick jobs are claimed
// ahead, for about 50 ms, slow ones when a thread is free. Handlers of several kinds take turns. start() and
// stop() are for the owner; the rest is thread-safe.
class Workers {
 public:
  // What the workers use. They borrow the queue and the metrics.
  struct Parts {
    Queue& queue;
    std::vector<Handler> handlers;  // one for each kind
    Log log;
    Metrics& metrics;
    Tracer tracer = {};  // of jobs; by default nothing is traced
  };
  struct Options {
    std::size_t threads = 2;                // jobs at a time; at least 1
    std::chrono::milliseconds poll{1'000};  // between two looks for jobs that others have added
    bool owns_queue =
        false;  // no other process works on the database: its leases end when these workers start
  };
  Workers(Parts parts, const Options& options);
  ~Workers() { stop(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Call it once.
  void start();

  // Claims no more jobs, requests the stop of running ones and waits for them. Jobs that were not begun, and
  // those whose handlers stopped or failed after the request, are given back without consuming an attempt.
  // Later calls do nothing.
  void stop();
  // Requests the stop without waiting.
  void request_stop();

  // Looks for jobs now. Does not block.
  void wake();

  // "host:process:random", which claims name.
  const std::string& name() const { return name_; }
  std::size_t active() const;  // jobs that run now

 private:
  using Clock = std::chrono::steady_clock;

  // What the workers know about a kind.
  struct Kind {
    Handler handler;
    std::size_t held = 0;      // jobs that are claimed and not finished
    double mean_seconds = -1;  // of recent jobs; negative: unknown
    Counter* done = nullptr;
    Counter* failed = nullptr;
    Counter* cancelled = nullptr;
    Counter* released = nullptr;
    Histogram* seconds = nullptr;
  };
  // A job that this process has.
  struct Held {
    Job job;
    std::stop_source stop;
    bool is_lost = false;
    bool is_cancelled = false;
  };

  void dispatch(const std::stop_token& stop);
  // Ends what has finished and claims more. False when the database did not take part.
  bool exchange(bool may_claim);
  void log_dead(const std::vector<Finish>& finished, const std::vector<JobId>& dead) const;
  Claim next_claim(bool may_claim);
  void take_in(Queue::Exchanged exchanged);
  void renew();
  void look_for_cancels();
  void stop_jobs(const std::vector<JobId>& ids, bool Held::* reason);

  void work();
  void run(const std::shared_ptr<Held>& held);
  Outcome outcome_of(const Held& held, const Result<void>& done, const Handler& handler) const;
  void end(const Held& held, Outcome outcome, double seconds);

  Queue& queue_;
  const Log log_;
  const Tracer tracer_;
  const Options options_;
  const std::string name_;
  Gauge& active_gauge_;

  mutable std::mutex mutex_;
  std::condition_variable ready_changed_;
  std::map<std::string, Kind> kinds_;
  std::size_t first_kind_ = 0;                                    // whose turn it is in the next claim
  std::unordered_map<std::int64_t, std::shared_ptr<Held>> held_;  // by id
  std::deque<std::shared_ptr<Held>> ready_;                       // claimed, not begun
  std::vector<Finish> finished_;
  std::size_t active_ = 0;
  bool is_ending_ = false;

  // Of the dispatching thread.
  bool is_failing_ = false;
  bool is_more_expected_ = false;  // the last claim got all that it asked for
  Clock::time_point next_renewal_;
  Clock::time_point next_cancel_look_;

  std::uint64_t registration_ = 0;  // of wake(), with the queue
  std::vector<std::thread> threads_;
  BackgroundTask task_;
};

}  // namespace fit::jobs
