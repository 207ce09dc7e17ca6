#pragma once

#include <string>

#include "base/metrics.h"
#include "cache/cache.h"

namespace fit::cache {

// The values of one kind in a cache, with their time to live and their counters. Keys are hashed together
// with the kind, so that they may be of any length and hold anything. Thread-safe. Does not own the cache.
class CacheNamespace {
 public:
  // `kind`: "answer", "text"; a label of fit_cache_hits_total and fit_cache_misses_total.
  CacheNamespace(Cache& cache, std::string kind, milliseconds time_to_live, Metrics& metrics);

  std::optional<Bytes> get(ByteView key);
  void put(ByteView key, ByteView value);
  // To be told of a value from get() that turned out to be of no use; it counts as a hit all the same.
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
