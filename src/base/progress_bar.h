#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "base/progress.h"

namespace fit {

// Shows the progress of a long call on standard error: on a terminal a bar that is redrawn ten times a
// second, otherwise a plain line every ten seconds:
//   import  [#########...........]  45 %  1,234 / 2,730 photos  251/s  6 s left
// Not thread-safe.
class ProgressBar {
 public:
  // Where the bar is written, and its clock. Tests replace it.
  struct Output {
    std::function<void(const std::string& text)> write;
    bool is_terminal = false;
    int columns = 80;  // the width of the terminal
    std::function<std::chrono::steady_clock::time_point()> now;
  };

  // `what` names the work ("import"), `unit` what is counted ("photos"). Writes to standard error.
  ProgressBar(std::string what, std::string unit);
  ProgressBar(std::string what, std::string unit, Output output);
  // Leaves the terminal on a fresh line.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // A `total` of 0 means that it is not known: no bar and no remaining time are shown. May be called often.
  void update(std::int64_t done, std::int64_t total);
  // A receiver that calls update(). The bar must outlive it.
  Progress progress() {
    return [this](std::int64_t done, std::int64_t total) { update(done, total); };
  }
  // Shows the last state once more and ends the line.
  void finish();

 private:
  using Time = std::chrono::steady_clock::time_point;

  void note_rate(Time now);
  std::string line() const;
  void show();

  std::string what_;
  std::string unit_;
  Output output_;
  std::int64_t done_ = 0;
  std::int64_t total_ = 0;
  std::int64_t first_done_ = 0;  // `done` at the first update: earlier work does not count for the rate
  bool begun_ = false;
  bool shown_ = false;
  bool finished_ = false;
  Time start_;
  Time last_shown_;
  Time last_noted_;
  std::int64_t last_noted_done_ = 0;
  double rate_ = 0;  // units a second; recent work counts more
};

}  // namespace fit
