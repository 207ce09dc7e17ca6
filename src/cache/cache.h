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

struct Found {
  Bytes value;
  milliseconds left{0};  // of its time to live; above 0
  Level level = Level::kMemory;
};

// Keeps values for a while, to spare making them again. It may forget any of them at any time, and forgets
// all when their time is over; what it gives back is whole. It never fails: trouble is a value that is not
// there. Thread-safe; calls block for some milliseconds at most.
class Cache {
 public:
  virtual ~Cache() = default;

  virtual std::optional<Found> get(std::string_view key) = 0;
  // Values over max_value_bytes() are passed over, as are those without time to live.
  virtual void put(std::string_view key, ByteView value, milliseconds time_to_live) = 0;
  virtual std::size_t max_value_bytes() const = 0;
};

}  // namespace fit::cache
