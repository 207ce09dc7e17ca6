#include "base/background_task.h"

#include <utility>

namespace fit {

void BackgroundTask::start(Work work) {
  thread_ = std::thread([work = std::move(work), stop = stop_.get_token()] { work(stop); });
}

void BackgroundTask::stop() {
  request_stop();
  if (thread_.joinable()) thread_.join();
}

void BackgroundTask::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  woken_changed_.notify_all();
}

bool BackgroundTask::wait_for(std::chrono::steady_clock::duration time) {
  std::unique_lock lock(mutex_);
  woken_changed_.wait_for(lock, stop_.get_token(), time, [this] { return woken_; });
  woken_ = false;
  return !is_stopped();
}

bool BackgroundTask::wait() {
  std::unique_lock lock(mutex_);
  woken_changed_.wait(lock, stop_.get_token(), [this] { return woken_; });
  woken_ = false;
  return !is_stopped();
}

bool wait_unless_stopped(const std::stop_token& stop, std::chrono::steady_clock::duration time) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace fit
