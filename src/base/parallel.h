#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <type_traits>

#include "base/result.h"

namespace fit {

// The number of threads that a setting means: 0 is one for each hardware thread. At least 1.
std::size_t thread_count(std::size_t setting);

struct ParallelOptions {
  std::size_t threads = 0;    // at most; as thread_count() reads it
  std::size_t grain = 1;      // indexes that a thread takes at a time
  std::stop_token stop = {};  // no further indexes are taken after a stop
};

using RangeWork = std::function<Result<void>(std::size_t begin, std::size_t end)>;

// Calls `work` for consecutive ranges of at most `grain` indexes that together are [0, count), concurrently
// on several threads, the caller's among them, and blocks until all calls have returned. Ranges are begun in
// ascending order. The first error, or a stop that leaves indexes untaken (kCancelled), ends the loop after
// the calls in progress and is returned. An exception ends it in the same way and is thrown again.
Result<void> parallel_ranges(std::size_t count, const ParallelOptions& options, const RangeWork& work);

// Calls work(i) for each i below `count`, as parallel_ranges() does. Returns what parallel_ranges() returns.
template <std::invocable<std::size_t> Work>
  requires std::same_as<std::invoke_result_t<const Work&, std::size_t>, Result<void>>
Result<void> parallel_for(std::size_t count, const ParallelOptions& options, const Work& work) {
  return parallel_ranges(count, options, [&work](std::size_t begin, std::size_t end) -> Result<void> {
    for (std::size_t i = begin; i < end; ++i) FIT_CHECK(work(i));
    return {};
  });
}

// For work that cannot fail: returns nothing. After a stop some indexes may be left out.
template <std::invocable<std::size_t> Work>
  requires std::is_void_v<std::invoke_result_t<const Work&, std::size_t>>
void parallel_for(std::size_t count, const ParallelOptions& options, const Work& work) {
  [[maybe_unused]] const auto done =
      parallel_ranges(count, options, [&work](std::size_t begin, std::size_t end) -> Result<void> {
        for (std::size_t i = begin; i < end; ++i) work(i);
        return {};
      });
}

}  // namespace fit
