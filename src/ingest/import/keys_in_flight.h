#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <unordered_map>

#include "domain/records.h"

namespace fit::ingest {

// Records which row was written last, for each key with rows between reading and writing. Rows of one key may
// overtake each other in the stages; the later row of the input must win. Thread-safe.
class KeysInFlight {
 public:
  // Registers a row. True when another row of the same key is registered.
  bool enter(const domain::ItemKey& key) {
    const std::lock_guard lock(mutex_);
    return keys_[name(key)].rows++ > 0;
  }

  // Whether a row after number `row` (>= 1) of the same key was written already.
  bool superseded(const domain::ItemKey& key, std::int64_t row) {
    const std::lock_guard lock(mutex_);
    return keys_[name(key)].last_written > row;
  }

  void written(const domain::ItemKey& key, std::int64_t row) {
    const std::lock_guard lock(mutex_);
    std::int64_t& last = keys_[name(key)].last_written;
    last = std::max(last, row);
  }

  // Unregisters a row, whatever its outcome.
  void leave(const domain::ItemKey& key) {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(name(key));
    if (found != keys_.end() && --found->second.rows == 0) keys_.erase(found);
  }

 private:
  // The registered rows of one key.
  struct State {
    int rows = 0;
    std::int64_t last_written = 0;
  };
  static std::string name(const domain::ItemKey& key) { return key.source + '\n' + key.external_id; }

  std::mutex mutex_;
  std::unordered_map<std::string, State> keys_;
};

}  // namespace fit::ingest
