#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace fit::cache {

using std::chrono::milliseconds;

// Where a value was found.
enum class Level { kMemory, kRedis };

// A cached value.
struct Found {
  Bytes value;
  milliseconds left{0};  // of its time to live; above 0
  Level level = Level::kMemory;
};

// Caches values for a limited time. Any value may be evicted at any time; a value that is returned is
// complete. Calls never fail: a value that cannot be read counts as missing. Thread-safe; calls block for
// some milliseconds at most.
class Cache {
 public:
  virtual ~Cache() = default;

  virtual std::optional<Found> get(std::string_view key) = 0;
  // Values over max_value_bytes(), and those without time to live, are not cached.
  virtual void put(std::string_view key, ByteView value, milliseconds time_to_live) = 0;
  virtual std::size_t max_value_bytes() const = 0;
};

}  // namespace fit::cache
