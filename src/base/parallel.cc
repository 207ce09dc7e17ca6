#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "base/trace.h"

namespace fit {
namespace {

// One call of parallel_ranges(). Each of its threads calls run().
class Loop {
 public:
  Loop(std::size_t count, const ParallelOptions& options, const RangeWork& work)
      : count_(count), grain_(std::max<std::size_t>(options.grain, 1)), stop_(options.stop), work_(work) {}

  std::size_t ranges() const { return count_ / grain_ + (count_ % grain_ == 0 ? 0 : 1); }

  void run() {
    while (!has_ended_) {
      const std::size_t range = next_++;
      if (range >= ranges()) return;
      const std::size_t begin = range * grain_;
      try {
        Result<void> done = stop_.stop_requested() ? Result<void>(cancelled())
                                                   : work_(begin, begin + std::min(grain_, count_ - begin));
        if (!done) end(std::move(done).error(), nullptr);
      } catch (...) {
        end({}, std::current_exception());
      }
    }
  }

  // After all threads have returned.
  Result<void> result() {
    if (exception_) std::rethrow_exception(exception_);
    if (error_) return *std::move(error_);
    return {};
  }

 private:
  void end(std::optional<Error> error, std::exception_ptr exception) {
    const std::lock_guard lock(mutex_);
    if (has_ended_.exchange(true)) return;
    error_ = std::move(error);
    exception_ = std::move(exception);
  }

  const std::size_t count_;
  const std::size_t grain_;
  const std::stop_token stop_;
  const RangeWork& work_;
  std::atomic<std::size_t> next_{0};  // the range that is begun next
  std::atomic<bool> has_ended_{false};
  std::mutex mutex_;  // guards what follows
  std::optional<Error> error_;
  std::exception_ptr exception_;
};

}  // namespace

std::size_t thread_count(std::size_t setting) {
  return setting > 0 ? setting : std::max(1U, std::thread::hardware_concurrency());
}

Result<void> parallel_ranges(std::size_t count, const ParallelOptions& options, const RangeWork& work) {
  Loop loop(count, options, work);
  {
    std::vector<std::jthread> helpers;
    const std::size_t threads = std::min(thread_count(options.threads), loop.ranges());
    try {
      while (helpers.size() + 1 < threads) {
        helpers.emplace_back([&loop, work_for = current_work()] {
          const WorkScope scope(work_for);
          loop.run();
        });
      }
    } catch (const std::system_error&) {  // the system has no more threads: those that there are suffice
    }
    loop.run();
  }
  return loop.result();
}

}  // namespace fit
