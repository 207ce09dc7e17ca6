#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

#include "base/background_task.h"

namespace fit::accounts {

// Entries that wait to be stored by a background task, up to a number. Thread-safe.
template <class Entry>
class WaitingEntries {
 public:
  // False, without taking the entry, when too many wait.
  bool add(Entry& entry) {
    constexpr std::size_t kMost = 10'000;
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= kMost) return false;
    entries_.push_back(std::move(entry));
    return true;
  }

  std::vector<Entry> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(entries_, {});
  }

  // Puts entries that take() returned before those that came since.
  void put_back(std::vector<Entry> entries) {
    const std::lock_guard lock(mutex_);
    entries_.insert(entries_.begin(), std::make_move_iterator(entries.begin()),
                    std::make_move_iterator(entries.end()));
  }

  template <class Condition>
  void erase_if(const Condition& condition) {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, condition);
  }

 private:
  std::mutex mutex_;
  std::vector<Entry> entries_;
};

// The work of a task that stores entries and removes old ones: calls `store` whenever the task is woken, and
// after the time that it returns; and `prune` at the start and once an hour. Returns when the task is
// stopped.
inline void store_and_prune(BackgroundTask& task,
                            const std::function<std::chrono::steady_clock::duration()>& store,
                            const std::function<void()>& prune) {
  constexpr std::chrono::hours kPrunePeriod{1};
  auto next_prune = std::chrono::steady_clock::now();
  std::chrono::steady_clock::duration pause{};
  do {
    pause = store();
    if (std::chrono::steady_clock::now() < next_prune) continue;
    prune();
    next_prune = std::chrono::steady_clock::now() + kPrunePeriod;
  } while (task.wait_for(pause));
}

}  // namespace fit::accounts
