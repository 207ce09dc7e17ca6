#pragma once

#include "cache/cache.h"

namespace fit::cache {

// Two caches, tried in order; it owns neither. A value found in the second is put into the first for its
// remaining time. Thread-safe, as the two caches are.
class TieredCache final : public Cache {
 public:
  TieredCache(Cache& front, Cache& back) : front_(front), back_(back) {}

  std::optional<Found> get(std::string_view key) override {
    if (auto found = front_.get(key)) return found;
    auto found = back_.get(key);
    if (found) front_.put(key, found->value, found->left);
    return found;
  }
  void put(std::string_view key, ByteView value, milliseconds time_to_live) override {
    front_.put(key, value, time_to_live);
    back_.put(key, value, time_to_live);
  }
  std::size_t max_value_bytes() const override {
    return std::max(front_.max_value_bytes(), back_.max_value_bytes());
  }

 private:
  Cache& front_;
  Cache& back_;
};

}  // namespace fit::cache
