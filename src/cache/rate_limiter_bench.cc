// The time of one take() in process, and the memory of a bucket:
//   ./dev build rate_limiter_bench && ./dev shell build/release/src/cache/rate_limiter_bench
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "base/format.h"
#include "cache/memory_rate_limiter.h"

namespace fit::cache {
namespace {

constexpr std::size_t kKeys = 10'000;

std::vector<std::string> keys() {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kKeys; ++i)
    keys.push_back(fit::format("search address 198.51.{}.{}", i / 256, i % 256));
  return keys;
}

const RateLimit kLimit{.count = 100, .window = std::chrono::seconds(1), .burst = 500};

// Callers of many addresses.
void many_keys(benchmark::State& state) {
  static MemoryRateLimiter limiter({});
  static const std::vector<std::string> all = keys();
  std::minstd_rand random(static_cast<unsigned>(state.thread_index()) + 1);
  for (auto _ : state) benchmark::DoNotOptimize(limiter.take(all[random() % kKeys], kLimit));
}

// One caller, whose bucket is mostly empty.
void one_key(benchmark::State& state) {
  static MemoryRateLimiter limiter({});
  for (auto _ : state) benchmark::DoNotOptimize(limiter.take("search address 192.0.2.7", kLimit));
}

// An attacker with a new address for each request: the limiter always makes room.
void new_keys(benchmark::State& state) {
  static MemoryRateLimiter limiter({});
  std::uint64_t number = static_cast<std::uint64_t>(state.thread_index()) << 40;
  for (auto _ : state)
    benchmark::DoNotOptimize(limiter.take(fit::format("search address {:016x}/64", ++number), kLimit));
}

BENCHMARK(many_keys)->ThreadRange(1, 8)->UseRealTime();
BENCHMARK(one_key)->ThreadRange(1, 8)->UseRealTime();
BENCHMARK(new_keys)->ThreadRange(1, 8)->UseRealTime();

}  // namespace
}  // namespace fit::cache

BENCHMARK_MAIN();
