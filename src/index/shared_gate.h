#pragma once

#include <mutex>
#include <shared_mutex>

namespace fit::index {

// A shared mutex that admits a waiting writer before later readers. With glibc's shared mutex a steady stream
// of searches starves an update for ever.
class SharedGate {
 public:
  void lock() {
    const std::lock_guard turn(turnstile_);
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }
  void lock_shared() {
    const std::lock_guard turn(turnstile_);
    mutex_.lock_shared();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  std::mutex turnstile_;
  std::shared_mutex mutex_;
};

}  // namespace fit::index
