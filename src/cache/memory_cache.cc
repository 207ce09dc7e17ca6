#include "cache/memory_cache.h"

#include <array>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/hash.h"

namespace fit::cache {
namespace {

constexpr std::size_t kCacheShards = 16;
constexpr std::size_t kOverhead = 200;  // bytes of an entry for list and table nodes and allocation headers

using Clock = MemoryCache::Clock;

struct Entry {
  std::string key;
  Bytes value;
  Clock::time_point expires;

  std::size_t bytes() const { return key.size() + value.size() + kOverhead; }
};

// A part of the cache with a lock of its own.
struct EntryShard {
  std::mutex mutex;
  std::list<Entry> entries;  // the most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> positions;
  std::size_t bytes = 0;

  void remove(std::list<Entry>::iterator entry) {
    bytes -= entry->bytes();
    positions.erase(entry->key);
    entries.erase(entry);
  }
};

}  // namespace

struct MemoryCache::State {
  explicit State(Options given) : options(std::move(given)) {
    if (options.metrics == nullptr) return;
    bytes = &options.metrics->gauge("fit_cache_memory_bytes", "Memory taken by cached values");
    entries = &options.metrics->gauge("fit_cache_memory_entries", "Values cached in this process");
    evicted = &options.metrics->counter("fit_cache_memory_evicted_total",
                                        "Cached values that were evicted before they expired");
  }

  EntryShard& shard_of(std::string_view key) { return shards[xxh3(as_bytes(key)) % kCacheShards]; }

  // Updates the metrics after a change of one shard.
  void update_metrics(std::size_t bytes_before, std::size_t entries_before, const EntryShard& shard,
                      std::size_t evicted_count) {
    if (bytes == nullptr) return;
    bytes->add(static_cast<double>(shard.bytes) - static_cast<double>(bytes_before));
    entries->add(static_cast<double>(shard.entries.size()) - static_cast<double>(entries_before));
    if (evicted_count > 0) evicted->add(static_cast<double>(evicted_count));
  }

  Options options;
  std::array<EntryShard, kCacheShards> shards;
  Gauge* bytes = nullptr;
  Gauge* entries = nullptr;
  Counter* evicted = nullptr;
};

MemoryCache::MemoryCache(Options options) : state_(std::make_unique<State>(std::move(options))) {}
MemoryCache::~MemoryCache() = default;

std::size_t MemoryCache::max_value_bytes() const {
  const std::size_t share = state_->options.max_bytes / kCacheShards;
  return share > kOverhead ? share - kOverhead : 0;
}

std::optional<Found> MemoryCache::get(std::string_view key) {
  const auto now = state_->options.now();
  EntryShard& shard = state_->shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto position = shard.positions.find(key);
  if (position == shard.positions.end()) return std::nullopt;
  const auto entry = position->second;
  const auto left = std::chrono::floor<milliseconds>(entry->expires - now);
  if (left.count() <= 0) {
    const std::size_t bytes = shard.bytes;
    const std::size_t entries = shard.entries.size();
    shard.remove(entry);
    state_->update_metrics(bytes, entries, shard, 0);
    return std::nullopt;
  }
  shard.entries.splice(shard.entries.begin(), shard.entries, entry);
  return Found{entry->value, left, Level::kMemory};
}

void MemoryCache::put(std::string_view key, ByteView value, milliseconds time_to_live) {
  const std::size_t share = state_->options.max_bytes / kCacheShards;
  Entry entry{std::string(key), Bytes(value.begin(), value.end()), state_->options.now() + time_to_live};
  if (time_to_live.count() <= 0 || entry.bytes() > share) return;
  EntryShard& shard = state_->shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const std::size_t bytes = shard.bytes;
  const std::size_t entries = shard.entries.size();
  if (const auto position = shard.positions.find(key); position != shard.positions.end())
    shard.remove(position->second);
  std::size_t evicted_count = 0;
  for (; shard.bytes + entry.bytes() > share; ++evicted_count) shard.remove(std::prev(shard.entries.end()));
  shard.bytes += entry.bytes();
  shard.entries.push_front(std::move(entry));
  shard.positions.emplace(shard.entries.front().key, shard.entries.begin());
  state_->update_metrics(bytes, entries, shard, evicted_count);
}

MemoryCache::Stats MemoryCache::stats() const {
  Stats stats;
  for (EntryShard& shard : state_->shards) {
    const std::lock_guard lock(shard.mutex);
    stats.entries += shard.entries.size();
    stats.bytes += shard.bytes;
  }
  return stats;
}

}  // namespace fit::cache
