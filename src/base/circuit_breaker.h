#pragma once

#include <chrono>
#include <functional>
#include <mutex>

namespace fit {

// Keeps calls away from a service that fails: after some failures in a row it is passed over for a while,
// then tried by one call, and used again when that succeeds; otherwise passed over for twice as long.
// (Nygard, "Release It!", 2007.) Thread-safe, never blocks for long.
class CircuitBreaker {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State {
    kClosed,   // calls go through
    kOpen,     // calls are kept away
    kHalfOpen  // one call is under way to try
  };
  struct Options {
    int failures = 3;                           // in a row that open it; at least 1
    std::chrono::milliseconds open_for{1'000};  // the first time
    std::chrono::milliseconds longest{60'000};
    std::function<Clock::time_point()> now = Clock::now;
  };

  explicit CircuitBreaker(Options options);

  // Whether a call may be made now. Who is told yes says succeeded() or failed() afterwards; who tries an
  // open service and says neither is given up after `longest`.
  bool allow();
  void succeeded();
  // `at_least`: how long the service itself asked to be left alone.
  void failed(std::chrono::milliseconds at_least = {});

  State state() const;
  // Until the next try; zero unless open.
  std::chrono::milliseconds retry_in() const;

 private:
  void open(std::chrono::milliseconds at_least);

  const Options options_;
  mutable std::mutex mutex_;
  State state_ = State::kClosed;
  int failures_ = 0;                      // in a row, while closed
  std::chrono::milliseconds open_for_{};  // this time
  Clock::time_point until_{};             // open: the next try; half open: given up then
};

const char* to_string(CircuitBreaker::State state);  // "closed", "open", "half_open"

}  // namespace fit
