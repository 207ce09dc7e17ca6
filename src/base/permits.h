#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace fit {

// Lets a number of threads work at a time. Thread-safe. It stands in for std::counting_semaphore: in the
// library of GCC 14, its waiters may sleep on although a permit is free.
class Permits {
 public:
  explicit Permits(std::size_t count) : free_(count) {}
  Permits(const Permits&) = delete;
  Permits& operator=(const Permits&) = delete;

  // Blocks until a permit is free.
  void acquire() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return free_ > 0; });
    --free_;
  }

  // Gives a permit back.
  void release() {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
    }
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t free_;
};

}  // namespace fit
