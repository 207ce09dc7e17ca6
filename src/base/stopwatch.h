#pragma once

#include <chrono>

namespace fit {

// Measures the time since it was made, on the steady clock. Copyable; a copy has the same start.
class Stopwatch {
 public:
  using Clock = std::chrono::steady_clock;

  Stopwatch() : start_(Clock::now()) {}
  explicit Stopwatch(Clock::time_point start) : start_(start) {}

  Clock::time_point start() const { return start_; }
  Clock::duration elapsed() const { return Clock::now() - start_; }
  double seconds() const { return std::chrono::duration<double>(elapsed()).count(); }
  double milliseconds() const { return std::chrono::duration<double, std::milli>(elapsed()).count(); }

 private:
  Clock::time_point start_;
};

}  // namespace fit
