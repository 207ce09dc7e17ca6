#include "cache/memory_rate_limiter.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/format.h"

namespace fit::cache {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class MemoryRateLimiterTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kBuckets = 6400;

  MemoryRateLimiter::Clock::time_point now_{hours(100)};
  Metrics metrics_;
  MemoryRateLimiter limiter_{{.max_buckets = kBuckets, .metrics = &metrics_, .now = [this] { return now_; }}};
  const RateLimit one_a_day_ = RateLimit::parse("X", "1/day").value();
  const RateLimit ten_a_minute_ = RateLimit::parse("X", "10/minute").value();
};

TEST_F(MemoryRateLimiterTest, TheNumberOfBucketsIsBounded) {
  for (std::size_t i = 0; i < 10 * kBuckets; ++i) {
    EXPECT_TRUE(limiter_.take(std::to_string(i), one_a_day_).is_taken);
    EXPECT_LE(limiter_.size(), kBuckets);
  }
  EXPECT_GT(limiter_.size(), kBuckets / 2);
  EXPECT_FALSE(metrics_.expose().contains("fit_rate_limit_dropped_total 0"));
}

TEST_F(MemoryRateLimiterTest, FullBucketsAreDroppedFirst) {
  for (std::size_t i = 0; i < kBuckets / 4; ++i) limiter_.take(fit::format("day {}", i), one_a_day_);
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < kBuckets / 4; ++i)
      limiter_.take(fit::format("{} {}", round, i), ten_a_minute_);
    now_ += seconds(6);
  }
  EXPECT_LE(limiter_.size(), kBuckets);
  EXPECT_TRUE(metrics_.expose().contains("fit_rate_limit_dropped_total 0"));
  for (std::size_t i = 0; i < kBuckets / 4; ++i)
    EXPECT_FALSE(limiter_.take(fit::format("day {}", i), one_a_day_).is_taken) << i;
}

TEST_F(MemoryRateLimiterTest, ThenThoseThatWouldBeFullTheSoonest) {
  for (int i = 0; i < 10; ++i) limiter_.take("attacker", ten_a_minute_);
  for (std::size_t i = 0; i < 20 * kBuckets; ++i) limiter_.take(std::to_string(i), ten_a_minute_);
  EXPECT_FALSE(limiter_.take("attacker", ten_a_minute_).is_taken) << "other addresses do not free it";
}

TEST(MemoryRateLimiter, MayHaveFewerBucketsThanShards) {
  MemoryRateLimiter limiter({.max_buckets = 0});
  const RateLimit limit = RateLimit::parse("X", "5/day").value();
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(limiter.take(std::to_string(i), limit).is_taken);
  EXPECT_LE(limiter.size(), 64U);
}

TEST(MemoryRateLimiter, ThreadsMayFillIt) {
  MemoryRateLimiter limiter({.max_buckets = 640});
  const RateLimit limit = RateLimit::parse("X", "100/second").value();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5'000; ++i) limiter.take(fit::format("{}-{}", t % 2, i), limit);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(limiter.size(), 640U);
}

}  // namespace
}  // namespace fit::cache
