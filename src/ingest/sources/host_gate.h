#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

namespace fit::ingest {

// Lets one caller at a time through for each host. Thread-safe.
class HostGate {
 public:
  // The right of way. The destructor lets the next caller through.
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), host_(std::move(other.host_)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave(host_);
    }

   private:
    friend class HostGate;
    Pass(HostGate* gate, std::string host) : gate_(gate), host_(std::move(host)) {}
    HostGate* gate_;
    std::string host_;
  };

  // Waits until nobody else is through for the host; nullopt after `stop`.
  std::optional<Pass> enter(const std::string& host, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!left_.wait(lock, stop, [&] { return !inside_.contains(host); })) return std::nullopt;
    inside_.insert(host);
    return Pass(this, host);
  }

 private:
  void leave(const std::string& host) {
    const std::lock_guard lock(mutex_);
    inside_.erase(host);
    left_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable_any left_;
  std::set<std::string> inside_;
};

}  // namespace fit::ingest
