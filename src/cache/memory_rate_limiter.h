#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/metrics.h"
#include "cache/rate_limiter.h"

namespace fit::cache {

// Token buckets in the memory of this process. A full bucket needs no memory. When there are more than
// `max_buckets` others, those that would be full the soonest are dropped, and count as full. Thread-safe;
// calls do not block on I/O.
class MemoryRateLimiter final : public RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;
  // The size of the limiter and what it reports to.
  struct Options {
    std::size_t max_buckets = 100'000;  // of about 150 bytes; at least 64
    Metrics* metrics = nullptr;         // fit_rate_limit_*; must outlive the limiter
    std::function<Clock::time_point()> now = Clock::now;
  };

  explicit MemoryRateLimiter(Options options);
  ~MemoryRateLimiter() override;

  TokenResult take(std::string_view key, const RateLimit& limit) override;

  // The buckets in memory, some of which may have become full.
  std::size_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::cache
