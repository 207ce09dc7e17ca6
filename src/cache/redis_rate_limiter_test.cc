#include "cache/redis_rate_limiter.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "cache/memory_rate_limiter.h"
#include "cache/test_redis.h"

namespace fit::cache {
namespace {

using std::chrono::seconds;

constexpr seconds kRedisLimit{30};  // ends a test that hangs

class RedisRateLimiterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    FIT_NEEDS_REDIS();
    std::signal(SIGPIPE, SIG_IGN);
    server_ = std::make_unique<TestRedis>();
    pool_ = open();
  }

  std::unique_ptr<RedisPool> open() {
    RedisPool::Options options;
    options.connections = 2;
    options.command_timeout = milliseconds(500);
    options.breaker = {.failures = 2, .open_for = milliseconds(10), .longest = milliseconds(50)};
    options.metrics = &metrics_;
    auto pool = RedisPool::open(server_->url(), Log::silent(), std::move(options)).value();
    EXPECT_TRUE(pool->wait_connected(kRedisLimit));
    return pool;
  }
  RedisConnection::Reply run(std::initializer_list<std::string_view> command) {
    return RedisConnection::open({.host = {}, .socket = server_->socket(), .user = {}, .password = {}},
                                 seconds(5), seconds(5))
        .value()
        ->run(command)
        .value();
  }

  Metrics metrics_;
  std::unique_ptr<TestRedis> server_;
  std::unique_ptr<RedisPool> pool_;
  MemoryRateLimiter local_{{}};
  const RateLimit two_a_day_ = RateLimit::parse("X", "2/day").value();
};

TEST_F(RedisRateLimiterTest, ProcessesShareBuckets) {
  const auto other_pool = open();
  MemoryRateLimiter other_local({});
  RedisRateLimiter one(*pool_, local_, Log::silent());
  RedisRateLimiter other(*other_pool, other_local, Log::silent());
  EXPECT_EQ(one.take("a", two_a_day_).remaining, 1U);
  EXPECT_EQ(other.take("a", two_a_day_).remaining, 0U);
  EXPECT_FALSE(one.take("a", two_a_day_).is_taken);
  EXPECT_FALSE(other.take("a", two_a_day_).is_taken);
  EXPECT_EQ(local_.size() + other_local.size(), 0U);
}

TEST_F(RedisRateLimiterTest, BucketsExpireWhenTheyAreFull) {
  RedisRateLimiter limiter(*pool_, local_, Log::silent());
  limiter.take("a", two_a_day_);
  const int left = std::stoi(run({"TTL", "fit:rate:a"}).text);
  EXPECT_GT(left, 40'000);
  EXPECT_LE(left, 43'200);
  limiter.take("b", RateLimit::parse("X", "1000/second").value());
  while (run({"EXISTS", "fit:rate:b"}).text != "0") {
  }
}

TEST_F(RedisRateLimiterTest, RunsTheScriptByItsHash) {
  RedisRateLimiter limiter(*pool_, local_, Log::silent());
  for (int i = 0; i < 3; ++i) limiter.take("a", two_a_day_);
  const std::string stats = run({"INFO", "commandstats"}).text;
  EXPECT_TRUE(stats.contains("cmdstat_eval:calls=1,")) << stats;
  EXPECT_TRUE(stats.contains("cmdstat_evalsha:calls=3,")) << stats;
  run({"SCRIPT", "FLUSH"});
  EXPECT_FALSE(limiter.take("a", two_a_day_).is_taken) << "a forgotten script is sent again";
  EXPECT_EQ(local_.size(), 0U);
}

TEST_F(RedisRateLimiterTest, IgnoresForeignValues) {
  RedisRateLimiter limiter(*pool_, local_, Log::silent());
  for (const std::string value : {"", "x", "-1", "1e400", "99999999999999999999", "0x7f"}) {
    run({"SET", "fit:rate:a", value});
    const TokenResult result = limiter.take("a", two_a_day_);
    EXPECT_LE(result.until_full, two_a_day_.time_to_fill()) << value;
  }
  EXPECT_EQ(local_.size(), 0U);
  run({"DEL", "fit:rate:a"});
  run({"LPUSH", "fit:rate:a", "x"});
  EXPECT_EQ(limiter.take("a", two_a_day_).remaining, 1U);
  EXPECT_EQ(local_.size(), 1U) << "Redis refused the script";
}

TEST_F(RedisRateLimiterTest, WithoutRedisTheProcessDecides) {
  RedisRateLimiter limiter(*pool_, local_, Log::silent());
  EXPECT_EQ(limiter.take("a", two_a_day_).remaining, 1U);
  server_->kill();
  EXPECT_EQ(limiter.take("a", two_a_day_).remaining, 1U) << "the bucket of this process is full";
  EXPECT_EQ(limiter.take("a", two_a_day_).remaining, 0U);
  EXPECT_FALSE(limiter.take("a", two_a_day_).is_taken);
  server_->start();
  ASSERT_TRUE(pool_->wait_connected(kRedisLimit));
  EXPECT_TRUE(limiter.take("a", two_a_day_).is_taken) << "Redis has lost its buckets";
}

TEST_F(RedisRateLimiterTest, ASuspendedServerIsNotAskedForLong) {
  RedisRateLimiter limiter(*pool_, local_, Log::silent());
  limiter.take("a", two_a_day_);
  server_->pause();
  int calls = 0;
  for (; pool_->is_connected(); ++calls) limiter.take("a", two_a_day_);
  EXPECT_LE(calls, 2) << "each waits for the time limit";
  EXPECT_FALSE(limiter.take("a", RateLimit::parse("X", "1/day").value()).is_taken);
  server_->resume();
  ASSERT_TRUE(pool_->wait_connected(kRedisLimit));
}

TEST_F(RedisRateLimiterTest, ThreadsContinueWhenTheServerIsKilled) {
  RedisRateLimiter limiter(*pool_, local_, Log::silent());
  const RateLimit limit = RateLimit::parse("X", "1000/day").value();
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        if (limiter.take("a", limit).is_taken) ++taken;
      }
    });
  }
  server_->kill();
  server_->start();
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(taken, 1000);
  EXPECT_LE(taken, 3000) << "the bucket before the kill, that of this process, and the one after it";
}

}  // namespace
}  // namespace fit::cache
