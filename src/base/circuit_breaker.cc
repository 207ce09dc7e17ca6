#include "base/circuit_breaker.h"

#include <algorithm>

namespace fit {

using std::chrono::milliseconds;

CircuitBreaker::CircuitBreaker(Options options) : options_(std::move(options)) {}

bool CircuitBreaker::allow() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kClosed) return true;
  const auto now = options_.now();
  if (now < until_) return false;
  state_ = State::kHalfOpen;
  until_ = now + options_.longest;
  return true;
}

void CircuitBreaker::succeeded() {
  const std::lock_guard lock(mutex_);
  state_ = State::kClosed;
  failures_ = 0;
  open_for_ = {};
}

void CircuitBreaker::failed(milliseconds at_least) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kOpen) return;  // the call began before the breaker opened
  if (state_ == State::kHalfOpen || ++failures_ >= options_.failures || at_least.count() > 0) open(at_least);
}

void CircuitBreaker::open(milliseconds at_least) {
  open_for_ = open_for_.count() == 0 ? options_.open_for : std::min(open_for_ * 2, options_.longest);
  state_ = State::kOpen;
  failures_ = 0;
  until_ = options_.now() + std::max(open_for_, std::min(at_least, options_.longest));
}

CircuitBreaker::State CircuitBreaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

milliseconds CircuitBreaker::retry_in() const {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kClosed) return {};
  const auto left = std::max(milliseconds(0), std::chrono::ceil<milliseconds>(until_ - options_.now()));
  return state_ == State::kOpen ? left : std::min(left, options_.open_for);
}

const char* to_string(CircuitBreaker::State state) {
  switch (state) {
    case CircuitBreaker::State::kClosed:
      return "closed";
    case CircuitBreaker::State::kOpen:
      return "open";
    case CircuitBreaker::State::kHalfOpen:
      return "half_open";
  }
  return "closed";
}

}  // namespace fit
