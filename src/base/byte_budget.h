#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace fit {

// Limits the bytes that concurrent calls hold together. Requests are granted in the order of arrival, so that
// small ones cannot starve a large one. Thread-safe. The budget must outlive its leases.
class ByteBudget {
 public:
  explicit ByteBudget(std::uint64_t limit_bytes) : limit_(limit_bytes) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

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

  std::uint64_t limit_bytes() const { return limit_; }

  std::uint64_t held_bytes() const {
    const std::lock_guard lock(mutex_);
    return held_;
  }

  // Whether a call is waiting.
  bool is_awaited() const {
    const std::lock_guard lock(mutex_);
    return !waiting_.empty();
  }

  // Whether take() would not wait.
  bool has_room(std::uint64_t bytes) const {
    const std::lock_guard lock(mutex_);
    return bytes == 0 || (waiting_.empty() && fits(bytes));
  }

  // Blocks until the bytes fit. A request above the whole limit is granted when nothing else is held.
  Lease take(std::uint64_t bytes) { return *take_before(bytes, std::nullopt); }

  // Like take(), but returns nullopt when the bytes did not fit by `deadline`.
  std::optional<Lease> take_until(std::uint64_t bytes, std::chrono::steady_clock::time_point deadline) {
    return take_before(bytes, deadline);
  }

 private:
  std::optional<Lease> take_before(std::uint64_t bytes,
                                   std::optional<std::chrono::steady_clock::time_point> deadline) {
    if (bytes == 0) return Lease();
    std::unique_lock lock(mutex_);
    if (waiting_.empty() && fits(bytes)) {
      held_ += bytes;
      return Lease(*this, bytes);
    }
    const std::uint64_t turn = next_turn_++;
    waiting_.push_back(turn);
    const auto may_go = [&] { return waiting_.front() == turn && fits(bytes); };
    bool granted = true;
    if (deadline) {
      granted = room_.wait_until(lock, *deadline, may_go);
    } else {
      room_.wait(lock, may_go);
    }
    std::erase(waiting_, turn);
    if (granted) held_ += bytes;
    lock.unlock();
    room_.notify_all();  // the next waiting call may fit too
    if (!granted) return std::nullopt;
    return Lease(*this, bytes);
  }

  bool fits(std::uint64_t bytes) const { return held_ == 0 || held_ + bytes <= limit_; }

  void give_back(std::uint64_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      held_ -= bytes;
    }
    room_.notify_all();
  }

  const std::uint64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::deque<std::uint64_t> waiting_;  // the turns of waiting calls, ascending
  std::uint64_t next_turn_ = 0;
  std::uint64_t held_ = 0;
};

}  // namespace fit
