#pragma once

#include <chrono>
#include <functional>
#include <mutex>

namespace fit {

// Protects callers from a service that fails (Nygard, "Release It!", 2007). After some failures in a row the
// breaker opens and calls fail fast. After a while one trial call is allowed; success closes the breaker,
// failure opens it for twice as long. Thread-safe, never blocks for long.
class CircuitBreaker {
 public:
  using Clock = std::chrono::steady_clock;
  // The states of the pattern.
  enum class State {
    kClosed,   // calls go through
    kOpen,     // calls fail fast
    kHalfOpen  // one trial call is in progress
  };
  // When the breaker opens, and for how long.
  struct Options {
    int failures = 3;                           // consecutive failures that open the breaker; at least 1
    std::chrono::milliseconds open_for{1'000};  // the first pause, doubled by each failed trial call
    std::chrono::milliseconds longest{60'000};  // the longest pause
    std::function<Clock::time_point()> now = Clock::now;
  };

  explicit CircuitBreaker(Options options);

  // Whether a call may be made now. A caller that gets true reports with succeeded() or failed() afterwards.
  // A trial call that reports neither counts as lost after `longest`.
  bool allow();
  void succeeded();
  // `at_least`: the pause that the service itself asks for, limited to `longest`. It opens the breaker at
  // once.
  void failed(std::chrono::milliseconds at_least = {});

  State state() const;
  // The time after which it is worth asking again; zero when a call may be made now. Open: until the next
  // trial call. During a trial call, whose end is not known: `open_for`, or until the call counts as lost
  // where that is sooner.
  std::chrono::milliseconds retry_in() const;

 private:
  void open(std::chrono::milliseconds at_least);

  const Options options_;
  mutable std::mutex mutex_;
  State state_ = State::kClosed;
  int failures_ = 0;                      // consecutive failures while closed
  std::chrono::milliseconds open_for_{};  // the current pause
  Clock::time_point until_{};             // open: the next trial call; half open: when it counts as lost
};

const char* to_string(CircuitBreaker::State state);  // "closed", "open", "half_open"

}  // namespace fit
