#include "accounts/attempt_limit.h"

#include <algorithm>

namespace fit::accounts {
namespace {

constexpr std::chrono::seconds kFirstWait{30};
constexpr std::chrono::seconds kLongestWait{15 * 60};
constexpr std::chrono::seconds kMemory{15 * 60};
constexpr int kMaxDoublings = 5;

}  // namespace

std::chrono::seconds AttemptLimit::begin(std::string_view name, Clock::time_point time) {
  const std::lock_guard lock(mutex_);
  const auto known = failures_.find(std::string(name));
  if (known != failures_.end() && time >= known->second.forgotten_at) failures_.erase(known);
  if (!failures_.contains(std::string(name))) make_room(time);
  Failures& failures = failures_[std::string(name)];
  if (time < failures.refused_until)
    return std::chrono::ceil<std::chrono::seconds>(failures.refused_until - time);
  ++failures.count;
  if (failures.count >= free_) {
    const int doublings = std::min(failures.count - free_, kMaxDoublings);
    failures.refused_until = time + std::min(kFirstWait * (1 << doublings), kLongestWait);
  }
  failures.forgotten_at = std::max(time, failures.refused_until) + kMemory;
  return std::chrono::seconds(0);
}

void AttemptLimit::succeed(std::string_view name) {
  const std::lock_guard lock(mutex_);
  failures_.erase(std::string(name));
}

void AttemptLimit::withdraw(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto known = failures_.find(std::string(name));
  if (known == failures_.end()) return;
  if (--known->second.count <= 0) {
    failures_.erase(known);
  } else {
    known->second.refused_until = {};
  }
}

std::size_t AttemptLimit::size() const {
  const std::lock_guard lock(mutex_);
  return failures_.size();
}

void AttemptLimit::make_room(Clock::time_point time) {
  if (failures_.size() < max_names_) return;
  std::erase_if(failures_, [time](const auto& entry) { return time >= entry.second.forgotten_at; });
  while (failures_.size() >= max_names_) {
    failures_.erase(
        std::ranges::min_element(failures_, {}, [](const auto& entry) { return entry.second.forgotten_at; }));
  }
}

}  // namespace fit::accounts
