#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace fit {

// A thread that works in the background until it is stopped, and can be woken early.
//
//   BackgroundTask task_;  // the last member, so that it ends before what its work uses
//
//   task_.start([this](const std::stop_token& stop) {
//     do step(stop); while (task_.wait_for(kPoll));
//   });
//
// wake() and the waits are thread-safe. start() and stop() are for the owner, one call after the other.
class BackgroundTask {
 public:
  // Gets a token that tells it to return. It must not throw: an escaped exception ends the program.
  using Work = std::function<void(const std::stop_token& stop)>;

  BackgroundTask() = default;
  explicit BackgroundTask(Work work) { start(std::move(work)); }
  ~BackgroundTask() { stop(); }
  BackgroundTask(const BackgroundTask&) = delete;
  BackgroundTask& operator=(const BackgroundTask&) = delete;

  // Starts the thread. Call it once, and not after stop().
  void start(Work work);
  // Requests the stop, ends a wait and joins the thread. Later calls do nothing.
  void stop();
  // Requests the stop without waiting for the thread. Thread-safe.
  void request_stop() { stop_.request_stop(); }

  // Ends the current wait, or the next one if none is running. Thread-safe, quick.
  void wake();

  // Called by the work. Waits for wake() or stop(), at most for `time`; wait() has no limit. Both return
  // false when the task is to stop.
  bool wait_for(std::chrono::steady_clock::duration time);
  bool wait();

  bool is_stopped() const { return stop_.stop_requested(); }
  std::stop_token stop_token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable_any woken_changed_;
  bool woken_ = false;
  std::thread thread_;
};

// Waits for `time`. Returns false, at once, when a stop is requested.
bool wait_unless_stopped(const std::stop_token& stop, std::chrono::steady_clock::duration time);

}  // namespace fit
