#include "cache/memory_cache.h"

#include <gtest/gtest.h>

#include "cache/tiered_cache.h"

namespace fit::cache {
namespace {

using std::chrono::seconds;

class MemoryCacheTest : public testing::Test {
 protected:
  MemoryCache cache(std::size_t max_bytes) {
    return MemoryCache({.max_bytes = max_bytes, .metrics = &metrics_, .now = [this] { return now_; }});
  }

  Metrics metrics_;
  MemoryCache::Clock::time_point now_{};
};

TEST_F(MemoryCacheTest, ExpiresValues) {
  MemoryCache cache = this->cache(1 << 20);
  cache.put("a", as_bytes("x"), seconds(10));
  now_ += seconds(9);
  ASSERT_TRUE(cache.get("a"));
  EXPECT_EQ(cache.get("a")->left, seconds(1));
  now_ += seconds(1);
  EXPECT_FALSE(cache.get("a"));
  EXPECT_EQ(cache.stats().entries, 0U);
  EXPECT_EQ(cache.stats().bytes, 0U);
}

TEST_F(MemoryCacheTest, StaysWithinItsMemoryLimit) {
  constexpr std::size_t kMost = 256 << 10;
  MemoryCache cache = this->cache(kMost);
  for (int i = 0; i < 5000; ++i) {
    cache.put(std::to_string(i), Bytes(static_cast<std::size_t>(i % 1500)), seconds(100));
    ASSERT_LE(cache.stats().bytes, kMost);
  }
  EXPECT_GT(cache.stats().entries, 100U);
  EXPECT_TRUE(cache.get("4999"));
  EXPECT_FALSE(cache.get("0"));
  EXPECT_NE(metrics_.expose().find("fit_cache_memory_evicted_total"), std::string::npos);
}

TEST_F(MemoryCacheTest, EvictsTheLeastRecentlyUsed) {
  MemoryCache cache = this->cache(256 << 10);
  cache.put("used", as_bytes("x"), seconds(100));
  for (int i = 0; i < 5000; ++i) {
    ASSERT_TRUE(cache.get("used")) << i;
    cache.put(std::to_string(i), Bytes(500), seconds(100));
  }
}

TEST_F(MemoryCacheTest, ReportsItsContents) {
  MemoryCache cache = this->cache(1 << 20);
  cache.put("a", Bytes(1000), seconds(10));
  cache.put("a", Bytes(500), seconds(10));
  cache.put("b", Bytes(100), seconds(10));
  EXPECT_EQ(cache.stats().entries, 2U);
  EXPECT_EQ(cache.stats().bytes, 500 + 100 + 2 + 2 * 200U);
  EXPECT_NE(metrics_.expose().find("fit_cache_memory_entries 2"), std::string::npos);
  EXPECT_NE(metrics_.expose().find("fit_cache_memory_bytes 1002"), std::string::npos);
}

TEST_F(MemoryCacheTest, StoresNothingWithoutMemory) {
  MemoryCache cache = this->cache(0);
  cache.put("a", as_bytes("x"), seconds(10));
  EXPECT_FALSE(cache.get("a"));
  EXPECT_EQ(cache.max_value_bytes(), 0U);
}

TEST_F(MemoryCacheTest, CopiesFromTheSecondLevelForTheRemainingTime) {
  MemoryCache front = cache(1 << 20);
  MemoryCache back = cache(1 << 20);
  TieredCache both(front, back);
  back.put("a", as_bytes("x"), seconds(10));
  now_ += seconds(4);
  ASSERT_TRUE(both.get("a"));
  ASSERT_TRUE(front.get("a"));
  EXPECT_EQ(front.get("a")->left, seconds(6));
  both.put("b", as_bytes("y"), seconds(10));
  EXPECT_TRUE(front.get("b"));
  EXPECT_TRUE(back.get("b"));
}

}  // namespace
}  // namespace fit::cache
