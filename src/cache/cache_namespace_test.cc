#include "cache/cache_namespace.h"

#include <gtest/gtest.h>

#include "cache/memory_cache.h"

namespace fit::cache {
namespace {

TEST(CacheNamespace, CountsHitsAndMissesByKind) {
  Metrics metrics;
  MemoryCache cache({});
  CacheNamespace texts(cache, "text", std::chrono::hours(1), metrics);
  CacheNamespace photos(cache, "photo", std::chrono::hours(1), metrics);
  EXPECT_FALSE(texts.get(as_bytes("red")));
  texts.put(as_bytes("red"), as_bytes("vector"));
  const auto found = texts.get(as_bytes("red"));
  ASSERT_TRUE(found);
  EXPECT_EQ(as_text(*found), "vector");
  EXPECT_FALSE(photos.get(as_bytes("red"))) << "kinds are separate";
  const std::string told = metrics.expose();
  EXPECT_NE(told.find(R"(fit_cache_hits_total{kind="text",level="memory"} 1)"), std::string::npos) << told;
  EXPECT_NE(told.find(R"(fit_cache_hits_total{kind="text",level="redis"} 0)"), std::string::npos) << told;
  EXPECT_NE(told.find(R"(fit_cache_misses_total{kind="text"} 1)"), std::string::npos) << told;
  EXPECT_NE(told.find(R"(fit_cache_misses_total{kind="photo"} 1)"), std::string::npos) << told;
}

}  // namespace
}  // namespace fit::cache
