#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace fit {

// A receiver of a long call's progress. Made from a function of (done, total), or of (stage, done, total) for
// a call that works in stages ("database", "images"); the default discards reports. `total` is 0 while it is
// not known. Unless a call says otherwise, it reports from the thread that runs it. A call is cancelled by
// its std::stop_token, not by its Progress.
class Progress {
 public:
  Progress() = default;

  template <std::invocable<std::int64_t, std::int64_t> F>
  Progress(F report)  // NOLINT(google-explicit-constructor)
      : report_([report = std::move(report)](std::string_view, std::int64_t done,
                                             std::int64_t total) mutable { report(done, total); }) {}

  template <std::invocable<std::string_view, std::int64_t, std::int64_t> F>
  Progress(F report)  // NOLINT(google-explicit-constructor)
      : report_(std::move(report)) {}

  void operator()(std::int64_t done, std::int64_t total) const {
    if (report_) report_({}, done, total);
  }

  // Reports to the same receiver as the named stage.
  Progress stage(std::string name) const {
    if (!report_) return {};
    return Progress([report = report_, name = std::move(name)](std::int64_t done, std::int64_t total) {
      report(name, done, total);
    });
  }

 private:
  std::function<void(std::string_view stage, std::int64_t done, std::int64_t total)> report_;
};

// Counts work that several threads do, and reports it. Thread-safe: reports are made by one thread at a time.
// Does not own the Progress.
class ProgressCounter {
 public:
  ProgressCounter(const Progress& progress, std::size_t total)
      : progress_(progress), total_(static_cast<std::int64_t>(total)) {}

  void add(std::size_t done) {
    const std::lock_guard lock(mutex_);
    done_ += static_cast<std::int64_t>(done);
    progress_(done_, total_);
  }

 private:
  const Progress& progress_;
  const std::int64_t total_;
  std::mutex mutex_;
  std::int64_t done_ = 0;
};

}  // namespace fit
