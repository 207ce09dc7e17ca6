#include "cache/memory_rate_limiter.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"

namespace fit::cache {
namespace {

constexpr std::size_t kLimiterShards = 64;

using TimePoint = MemoryRateLimiter::Clock::time_point;

// Hashes keys of the map, which can be looked up by std::string_view.
struct KeyHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const { return xxh3(as_bytes(key)); }
};

// Buckets with a lock of their own. A bucket is the time at which it is full; between that and the next use
// of its key it may be absent.
struct alignas(64) BucketShard {
  std::mutex mutex;
  std::unordered_map<std::string, TimePoint, KeyHash, std::equal_to<>> full_at;

  // Drops the buckets that are full, and of the others those that would be full the soonest, until an eighth
  // of `most` is free. Returns the number of those that were not full.
  std::size_t make_room(TimePoint now, std::size_t most) {
    std::erase_if(full_at, [now](const auto& bucket) { return bucket.second <= now; });
    const std::size_t target = most - std::max<std::size_t>(1, most / 8);
    if (full_at.size() <= target) return 0;
    std::vector<TimePoint> times;
    times.reserve(full_at.size());
    for (const auto& [key, time] : full_at) times.push_back(time);
    const std::size_t count = full_at.size() - target;
    const auto last = times.begin() + static_cast<std::ptrdiff_t>(count - 1);
    std::ranges::nth_element(times, last);
    std::size_t dropped = 0;
    std::erase_if(full_at, [&](const auto& bucket) {
      return bucket.second <= *last && dropped < count && ++dropped > 0;
    });
    return dropped;
  }
};

}  // namespace

struct MemoryRateLimiter::State {
  explicit State(Options given)
      : options(std::move(given)), most(std::max<std::size_t>(1, options.max_buckets / kLimiterShards)) {
    if (options.metrics == nullptr) return;
    dropped =
        &options.metrics->counter("fit_rate_limit_dropped_total",
                                  "Token buckets of this process that were dropped before they were full");
  }

  const Options options;
  const std::size_t most;  // buckets of a shard
  std::array<BucketShard, kLimiterShards> shards;
  Counter* dropped = nullptr;
};

MemoryRateLimiter::MemoryRateLimiter(Options options) : state_(std::make_unique<State>(std::move(options))) {}
MemoryRateLimiter::~MemoryRateLimiter() = default;

TokenResult MemoryRateLimiter::take(std::string_view key, const RateLimit& limit) {
  const auto now = state_->options.now();
  // The upper bits: the map of the shard uses the lower ones.
  BucketShard& shard = state_->shards.at(xxh3(as_bytes(key)) >> 58);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.full_at.find(key);
  const TimePoint known = found == shard.full_at.end() ? now : found->second;
  const TimePoint before = std::clamp(known, now, now + limit.time_to_fill());
  const auto until_full = before + limit.time_of_token() - now;
  if (until_full > limit.time_to_fill()) {
    found->second = before;
    return token_result(false, before - now, limit);
  }
  if (found != shard.full_at.end()) {
    found->second = now + until_full;
  } else {
    if (shard.full_at.size() >= state_->most) {
      const std::size_t dropped = shard.make_room(now, state_->most);
      if (state_->dropped != nullptr && dropped > 0) state_->dropped->add(static_cast<double>(dropped));
    }
    shard.full_at.emplace(key, now + until_full);
  }
  return token_result(true, until_full, limit);
}

std::size_t MemoryRateLimiter::size() const {
  std::size_t size = 0;
  for (BucketShard& shard : state_->shards) {
    const std::lock_guard lock(shard.mutex);
    size += shard.full_at.size();
  }
  return size;
}

}  // namespace fit::cache
