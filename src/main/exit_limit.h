#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"

namespace fit {

// Ends the process when it has not exited a time limit after start(), because a call that cannot be stopped,
// such as one into a library, must not delay the exit. Acknowledged writes are on disk by then; the state
// left behind is that of a killed process. The destructor cancels the limit.
class ExitLimit {
 public:
  ExitLimit(std::chrono::milliseconds limit, Log log) : limit_(limit), log_(std::move(log)) {}
  ~ExitLimit();
  ExitLimit(const ExitLimit&) = delete;
  ExitLimit& operator=(const ExitLimit&) = delete;

  // Starts the time limit; further calls do nothing. Thread-safe; does not block.
  void start();

 private:
  const std::chrono::milliseconds limit_;
  const Log log_;
  std::mutex mutex_;
  std::condition_variable called_off_;
  bool is_called_off_ = false;
  std::thread thread_;
};

}  // namespace fit
