#pragma once

#include <string>

#include "base/metrics.h"
#include "cache/cache.h"

namespace fit::cache {

// The values of one kind in a cache, with a common time to live and their own counters. Keys are hashed
// together with the kind, so they may have any length and content. Thread-safe. Does not own the cache.
class CacheNamespace {
 public:
  // `kind`: "answer", "text"; a label of fit_cache_hits_total and fit_cache_misses_total.
  CacheNamespace(Cache& cache, std::string kind, milliseconds time_to_live, Metrics& metrics);

  std::optional<Bytes> get(ByteView key);
  void put(ByteView key, ByteView value);
  // Counts a value from get() that could not be used; it stays counted as a hit.
  void unusable();

 private:
  std::string full_key(ByteView key) const;

  Cache& cache_;
  const std::string kind_;
  const milliseconds time_to_live_;
  Counter& memory_hits_;
  Counter& redis_hits_;
  Counter& misses_;
  Counter& unusable_;
};

}  // namespace fit::cache
