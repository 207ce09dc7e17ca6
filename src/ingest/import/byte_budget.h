#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace fit::ingest {

// Limits the bytes held by rows between the stages of an import. Thread-safe.
class ByteBudget {
 public:
  explicit ByteBudget(std::uint64_t limit_bytes) : limit_(limit_bytes) {}

  // Holds some bytes of the budget; the destructor returns them.
  class Lease {
   public:
    Lease() = default;
    Lease(ByteBudget& budget, std::uint64_t bytes) : budget_(&budget), bytes_(bytes) {}
    Lease(Lease&& other) noexcept : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
    Lease& operator=(Lease&& other) noexcept {
      release();
      budget_ = std::exchange(other.budget_, nullptr);
      bytes_ = other.bytes_;
      return *this;
    }
    ~Lease() { release(); }
    void release() {
      if (budget_ != nullptr) std::exchange(budget_, nullptr)->give_back(bytes_);
    }

   private:
    ByteBudget* budget_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  bool has_room(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    return fits(bytes);
  }

  // Waits until the bytes fit. More than the whole limit is granted when nothing else is held.
  Lease take(std::uint64_t bytes) {
    if (bytes == 0) return {};
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return fits(bytes); });
    used_ += bytes;
    return {*this, bytes};
  }

 private:
  bool fits(std::uint64_t bytes) const { return bytes == 0 || used_ == 0 || used_ + bytes <= limit_; }
  void give_back(std::uint64_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      used_ -= bytes;
    }
    room_.notify_all();
  }

  const std::uint64_t limit_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::uint64_t used_ = 0;
};

}  // namespace fit::ingest
