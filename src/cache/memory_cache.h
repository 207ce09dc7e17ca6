#pragma once

#include <functional>
#include <memory>

#include "base/metrics.h"
#include "cache/cache.h"

namespace fit::cache {

// A cache in the memory of this process, with least-recently-used eviction. A value may take a sixteenth of
// the memory. Thread-safe; calls do not block on I/O.
class MemoryCache final : public Cache {
 public:
  using Clock = std::chrono::steady_clock;
  // The size of the cache and what it reports to.
  struct Options {
    std::size_t max_bytes = 64 << 20;  // for keys, values and about 200 bytes an entry
    Metrics* metrics = nullptr;        // fit_cache_memory_*; must outlive the cache
    std::function<Clock::time_point()> now = Clock::now;
  };

  explicit MemoryCache(Options options);
  ~MemoryCache() override;

  std::optional<Found> get(std::string_view key) override;
  void put(std::string_view key, ByteView value, milliseconds time_to_live) override;
  std::size_t max_value_bytes() const override;

  // The entries held now and the memory that they take.
  struct Stats {
    std::size_t entries = 0;
    std::size_t bytes = 0;
  };
  Stats stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::cache
