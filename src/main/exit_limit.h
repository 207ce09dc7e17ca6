#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"

namespace fit {

// Ends the process if it has not ended by itself a time after start(): a call that cannot be stopped, such as
// one of a library, must not hold up the end. What was acknowledged is on the disk by then, and what a process
// leaves behind is the same as after a kill. The destructor calls it off.
class ExitLimit {
 public:
  ExitLimit(std::chrono::milliseconds limit, Log log) : limit_(limit), log_(std::move(log)) {}
  ~ExitLimit();
  ExitLimit(const ExitLimit&) = delete;
  ExitLimit& operator=(const ExitLimit&) = delete;

  // Call it once. Does not block.
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
