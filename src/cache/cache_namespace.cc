#include "cache/cache_namespace.h"

#include "base/hash.h"

namespace fit::cache {
namespace {

Counter& hits(Metrics& metrics, const std::string& kind, const char* level) {
  return metrics.counter("fit_cache_hits_total", "Values found in the cache",
                         {{"kind", kind}, {"level", level}});
}

}  // namespace

CacheNamespace::CacheNamespace(Cache& cache, std::string kind, milliseconds time_to_live, Metrics& metrics)
    : cache_(cache),
      kind_(std::move(kind)),
      time_to_live_(time_to_live),
      memory_hits_(hits(metrics, kind_, "memory")),
      redis_hits_(hits(metrics, kind_, "redis")),
      misses_(metrics.counter("fit_cache_misses_total", "Lookups in the cache that found no value",
                              {{"kind", kind_}})),
      unusable_(metrics.counter("fit_cache_unusable_total",
                                "Values found in the cache, counted as hits, that could not be used",
                                {{"kind", kind_}})) {}

// The format version 1 is part of the key, so that programs with another format use other keys.
std::string CacheNamespace::full_key(ByteView key) const {
  return "fit:1:" + kind_ + ":" + sha256_hex(key);
}

std::optional<Bytes> CacheNamespace::get(ByteView key) {
  auto found = cache_.get(full_key(key));
  if (!found) {
    misses_.add();
    return std::nullopt;
  }
  (found->level == Level::kMemory ? memory_hits_ : redis_hits_).add();
  return std::move(found->value);
}

void CacheNamespace::put(ByteView key, ByteView value) {
  cache_.put(full_key(key), value, time_to_live_);
}

void CacheNamespace::unusable() {
  unusable_.add();
}

}  // namespace fit::cache
