#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace fit::ingest {

// Keeps what steps of sweeps share, by a name: at most `most` values; the one that was used least recently
// goes first. Values are shared, so that one in use outlives its place here. Thread-safe.
template <class Value>
class RecentlyUsed {
 public:
  explicit RecentlyUsed(std::size_t most) : most_(most) {}

  void keep(const std::string& name, std::shared_ptr<const Value> value) {
    drop(name);
    std::shared_ptr<const Value> dropped;  // is destroyed outside the lock
    const std::lock_guard lock(mutex_);
    values_.emplace_front(name, std::move(value));
    if (values_.size() <= most_) return;
    dropped = std::move(values_.back().second);
    values_.pop_back();
  }

  // The value; null when it is not kept.
  std::shared_ptr<const Value> find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(values_, name, &Entry::first);
    if (found == values_.end()) return nullptr;
    values_.splice(values_.begin(), values_, found);
    return values_.front().second;
  }

  void drop(const std::string& name) {
    std::shared_ptr<const Value> dropped;  // is destroyed outside the lock
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(values_, name, &Entry::first);
    if (found == values_.end()) return;
    dropped = std::move(found->second);
    values_.erase(found);
  }

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const Value>>;

  const std::size_t most_;
  std::mutex mutex_;
  std::list<Entry> values_;  // the one that was used last is first
};

}  // namespace fit::ingest
