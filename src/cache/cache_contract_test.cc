#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "cache/memory_cache.h"
#include "cache/redis_cache.h"
#include "cache/test_redis.h"
#include "cache/tiered_cache.h"

namespace fit::cache {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

Bytes bytes(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

// The contract of every cache.
class CacheContract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "memory") {
      cache_ = &memory_;
      return;
    }
    FIT_NEEDS_REDIS();
    server_ = std::make_unique<TestRedis>();
    pool_ = RedisPool::open(server_->url(), Log::silent(), {.command_timeout = seconds(5)}).value();
    ASSERT_TRUE(pool_->wait_connected(seconds(30)));
    redis_ = std::make_unique<RedisCache>(*pool_);
    tiered_ = std::make_unique<TieredCache>(memory_, *redis_);
    cache_ = GetParam() == "redis" ? static_cast<Cache*>(redis_.get()) : tiered_.get();
  }

  std::optional<std::string> get(std::string_view key) {
    const auto found = cache_->get(key);
    if (!found) return std::nullopt;
    EXPECT_GT(found->left.count(), 0);
    return std::string(as_text(found->value));
  }

  MemoryCache memory_{{}};
  std::unique_ptr<TestRedis> server_;
  std::unique_ptr<RedisPool> pool_;
  std::unique_ptr<RedisCache> redis_;
  std::unique_ptr<TieredCache> tiered_;
  Cache* cache_ = nullptr;
};

TEST_P(CacheContract, ReturnsStoredValues) {
  EXPECT_EQ(get("a"), std::nullopt);
  cache_->put("a", as_bytes("first"), hours(1));
  cache_->put("b", as_bytes(""), hours(1));
  EXPECT_EQ(get("a"), "first");
  EXPECT_EQ(get("b"), "") << "an empty value is a value";
  cache_->put("a", as_bytes("second"), hours(1));
  EXPECT_EQ(get("a"), "second");
  EXPECT_EQ(get("A"), std::nullopt);
}

TEST_P(CacheContract, AcceptsAnyBytes) {
  std::string value;
  for (int i = 0; i < 100'000; ++i) value += static_cast<char>(i * 7);
  const std::string key("a\0b\r\n\"' \xff", 9);
  cache_->put(key, as_bytes(value), hours(1));
  EXPECT_EQ(get(key), value);
  EXPECT_EQ(get(key.substr(0, 1)), std::nullopt);
}

TEST_P(CacheContract, ReturnsTheRemainingTime) {
  cache_->put("a", as_bytes("x"), seconds(100));
  const auto found = cache_->get("a");
  ASSERT_TRUE(found);
  EXPECT_LE(found->left, seconds(100));
  EXPECT_GT(found->left, seconds(30));
}

TEST_P(CacheContract, IgnoresExpiredAndTooLargeValues) {
  cache_->put("a", as_bytes("x"), milliseconds(0));
  cache_->put("b", as_bytes("x"), milliseconds(-5));
  cache_->put("c", Bytes(cache_->max_value_bytes() + 1'000'000), hours(1));
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_EQ(get("b"), std::nullopt);
  EXPECT_EQ(get("c"), std::nullopt);
}

TEST_P(CacheContract, ConcurrentReadersGetCompleteValues) {
  std::atomic<int> wrong = 0;
  std::atomic<int> hits = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (int i = 0; i < 500; ++i) {
        const std::string key = std::to_string(random() % 20);
        if (random() % 2 == 0) {
          cache_->put(key, bytes(key + std::string(random() % 5000, key[0])), hours(1));
        } else if (const auto found = cache_->get(key)) {
          ++hits;
          if (!as_text(found->value).starts_with(key)) ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(hits, 100);
}

INSTANTIATE_TEST_SUITE_P(All, CacheContract, testing::Values("memory", "redis", "tiered"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace fit::cache
