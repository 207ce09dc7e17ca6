#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace fit::index {

// Threads meant by a setting: 0 is one for each hardware thread.
inline unsigned thread_count(int setting) {
  return setting > 0 ? static_cast<unsigned>(setting) : std::max(1U, std::thread::hardware_concurrency());
}

// Calls work(i) for each i below `count`, on up to `threads` threads, this one among them; few calls stay on
// this one. The first exception stops the rest and is thrown again here.
template <class Work>
void parallel_for(std::size_t count, unsigned threads, std::size_t grain, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto run = [&] {
    try {
      for (std::size_t begin = next.fetch_add(grain); begin < count; begin = next.fetch_add(grain)) {
        for (std::size_t i = begin; i < std::min(begin + grain, count); ++i) work(i);
      }
    } catch (...) {
      next = count;
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> helpers;
    const std::size_t useful = std::min<std::size_t>(threads, count / (2 * grain));
    try {
      while (helpers.size() + 1 < useful) helpers.emplace_back(run);
    } catch (const std::system_error&) {  // no more threads to be had: those there do it
    }
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace fit::index
