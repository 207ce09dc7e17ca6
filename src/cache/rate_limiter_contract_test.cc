#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "base/format.h"
#include "cache/memory_rate_limiter.h"
#include "cache/redis_rate_limiter.h"
#include "cache/test_redis.h"

namespace fit::cache {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds kSlack{2};  // the time that a call to Redis may take here

// A clock that advances by hand.
class ManualClock {
 public:
  MemoryRateLimiter::Clock::time_point now() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void advance(nanoseconds time) {
    const std::lock_guard lock(mutex_);
    now_ += time;
  }

 private:
  mutable std::mutex mutex_;
  MemoryRateLimiter::Clock::time_point now_{hours(100)};
};

// A limiter that must not be asked.
class UnusedLimiter final : public RateLimiter {
 public:
  TokenResult take(std::string_view, const RateLimit&) override {
    ADD_FAILURE() << "Redis is available";
    return {};
  }
};

// The contract of every rate limiter.
class RateLimiterContract : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "memory") {
      limiter_ = &memory_;
      return;
    }
    FIT_NEEDS_REDIS();
    server_ = std::make_unique<TestRedis>();
    pool_ = RedisPool::open(server_->url(), Log::silent(), {.command_timeout = seconds(30)}).value();
    ASSERT_TRUE(pool_->wait_connected(seconds(30)));
    redis_ = std::make_unique<RedisRateLimiter>(*pool_, unused_, Log::silent());
    limiter_ = redis_.get();
  }

  TokenResult take(std::string_view key, std::string_view limit) {
    const TokenResult result = limiter_->take(key, RateLimit::parse("X", limit).value());
    EXPECT_LE(result.until_next, result.until_full);
    return result;
  }
  bool takes(std::string_view key, std::string_view limit) { return take(key, limit).is_taken; }

  // Lets time pass. In Redis, whose clock cannot be set, the buckets are moved instead.
  void advance(seconds time) {
    clock_.advance(time);
    if (pool_ == nullptr) return;
    const auto moved = pool_->run({"EVAL",
                                   "for _, key in ipairs(redis.call('KEYS', '*')) do "
                                   "redis.call('INCRBYFLOAT', key, -ARGV[1] * 1000000) end return 'OK'",
                                   "0", std::to_string(time.count())},
                                  nullptr);
    ASSERT_TRUE(moved && moved->refusal.empty());
  }

  ManualClock clock_;
  MemoryRateLimiter memory_{{.now = [this] { return clock_.now(); }}};
  UnusedLimiter unused_;
  std::unique_ptr<TestRedis> server_;
  std::unique_ptr<RedisPool> pool_;
  std::unique_ptr<RedisRateLimiter> redis_;
  RateLimiter* limiter_ = nullptr;
};

void expect_near(nanoseconds actual, nanoseconds expected) {
  EXPECT_LE(actual, expected);
  EXPECT_GE(actual, expected - kSlack);
}

TEST_P(RateLimiterContract, ABucketHasTheTokensOfItsBurst) {
  for (std::uint32_t left = 9; left > 0; --left) {
    const TokenResult result = take("a", "10/hour");
    EXPECT_TRUE(result.is_taken);
    EXPECT_EQ(result.remaining, left);
  }
  EXPECT_TRUE(takes("a", "10/hour"));
  for (int i = 0; i < 3; ++i) {
    const TokenResult refused = take("a", "10/hour");
    EXPECT_FALSE(refused.is_taken);
    EXPECT_EQ(refused.remaining, 0U);
    expect_near(refused.until_next, seconds(360));
    expect_near(refused.until_full, hours(1));
  }
}

TEST_P(RateLimiterContract, TokensAreAddedAtTheRateOfTheLimit) {
  while (takes("a", "10/hour burst 3")) {
  }
  advance(seconds(300));
  EXPECT_FALSE(takes("a", "10/hour burst 3"));
  advance(seconds(60));
  const TokenResult one = take("a", "10/hour burst 3");
  EXPECT_TRUE(one.is_taken);
  EXPECT_EQ(one.remaining, 0U);
  EXPECT_FALSE(takes("a", "10/hour burst 3")) << "one token was added";
  advance(seconds(2 * 360));
  EXPECT_EQ(take("a", "10/hour burst 3").remaining, 1U);
}

TEST_P(RateLimiterContract, AnIdleBucketHoldsNoMoreThanItsBurst) {
  EXPECT_TRUE(takes("a", "10/hour burst 3"));
  advance(seconds(86'400));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(takes("a", "10/hour burst 3"));
  EXPECT_FALSE(takes("a", "10/hour burst 3"));
}

TEST_P(RateLimiterContract, TheTimesLeadToTheNextTokenAndToTheFullBucket) {
  const TokenResult first = take("a", "60/hour burst 5");
  expect_near(first.until_next, seconds(60));
  expect_near(first.until_full, seconds(60));
  advance(seconds(20));
  const TokenResult second = take("a", "60/hour burst 5");
  EXPECT_EQ(second.remaining, 3U);
  expect_near(second.until_next, seconds(40));
  expect_near(second.until_full, seconds(100));
}

TEST_P(RateLimiterContract, KeysHaveBucketsOfTheirOwn) {
  const std::string strange("a\0b\r\n\"' \xff {}", 13);
  for (const std::string& key :
       {std::string("a"), std::string("A"), std::string(), strange, std::string(5000, 'a')}) {
    EXPECT_TRUE(takes(key, "1/day"));
    EXPECT_FALSE(takes(key, "1/day"));
  }
}

TEST_P(RateLimiterContract, AChangedLimitAppliesAtOnce) {
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(takes("a", "10/day"));
  EXPECT_FALSE(takes("a", "60/hour burst 10")) << "an empty bucket stays empty";
  advance(seconds(60));
  EXPECT_TRUE(takes("a", "60/hour burst 10")) << "and is filled at the new rate";
  EXPECT_FALSE(takes("a", "60/hour burst 10"));
  EXPECT_TRUE(takes("b", "1000/hour"));
  EXPECT_EQ(take("b", "2/hour").remaining, 0U) << "no more than the new burst";
}

TEST_P(RateLimiterContract, ConcurrentCallsTakeEachTokenOnce) {
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        if (takes("a", "300/day")) ++taken;
        takes(fit::format("{}-{}", i, i % 7), "1/second");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 300);
}

INSTANTIATE_TEST_SUITE_P(All, RateLimiterContract, ::testing::Values("memory", "redis"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace fit::cache
