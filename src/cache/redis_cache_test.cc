#include "cache/redis_cache.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "base/format.h"
#include "cache/memory_cache.h"
#include "cache/redis_connection.h"
#include "cache/test_redis.h"
#include "cache/tiered_cache.h"

namespace fit::cache {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds kDeadline{30};  // ends a test that hangs

class RedisCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    FIT_NEEDS_REDIS();
    std::signal(SIGPIPE, SIG_IGN);
    server_ = std::make_unique<TestRedis>();
  }

  // A cache with a pool of its own, as a process has them.
  struct Opened {
    std::unique_ptr<RedisPool> pool;
    std::unique_ptr<RedisCache> cache;

    RedisCache* operator->() const { return cache.get(); }
    RedisCache& operator*() const { return *cache; }
    bool is_connected() const { return pool->is_connected(); }
    bool wait_connected() const { return pool->wait_connected(kDeadline); }
  };

  static RedisPool::Options quick() {
    RedisPool::Options options;
    options.connections = 2;
    options.command_timeout = milliseconds(200);
    options.breaker = {.failures = 2, .open_for = milliseconds(10), .longest = milliseconds(50)};
    return options;
  }
  static Opened open_url(const std::string& url, RedisPool::Options options) {
    auto pool = RedisPool::open(url, Log::silent(), std::move(options)).value();
    auto cache = std::make_unique<RedisCache>(*pool);
    return {.pool = std::move(pool), .cache = std::move(cache)};
  }
  Opened open(RedisPool::Options options) {
    options.metrics = &metrics_;
    auto opened = open_url(server_->url(), std::move(options));
    EXPECT_TRUE(opened.wait_connected());
    return opened;
  }
  std::unique_ptr<RedisConnection> session() {
    return RedisConnection::open({.host = {}, .socket = server_->socket(), .user = {}, .password = {}},
                                 seconds(5), seconds(5))
        .value();
  }

  Metrics metrics_;
  std::unique_ptr<TestRedis> server_;
};

TEST_F(RedisCacheTest, ProcessesShareValues) {
  const auto one = open(quick());
  const auto other = open(quick());
  one->put("a", as_bytes("x"), hours(1));
  const auto found = other->get("a");
  ASSERT_TRUE(found);
  EXPECT_EQ(as_text(found->value), "x");
  EXPECT_EQ(found->level, Level::kRedis);
}

TEST_F(RedisCacheTest, RedisExpiresValues) {
  const auto cache = open(quick());
  cache->put("a", as_bytes("x"), hours(1));
  const auto left = session()->run({"TTL", "a"}).value();
  EXPECT_GT(std::stoi(left.text), 1800);
  EXPECT_LE(std::stoi(left.text), 3600);
  cache->put("gone", as_bytes("x"), milliseconds(1));
  while (!session()->run({"GET", "gone"}).value().text.empty()) {
  }
  EXPECT_FALSE(cache->get("gone"));
}

TEST_F(RedisCacheTest, IgnoresDamagedAndForeignValues) {
  const auto cache = open(quick());
  cache->put("a", as_bytes("a value of some length"), hours(1));
  const auto redis = session();
  const std::string whole = redis->run({"GET", "a"}).value().text;
  ASSERT_GT(whole.size(), 40U);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    redis->run({"SET", "a", whole.substr(0, size)}).value();
    EXPECT_FALSE(cache->get("a")) << "truncated at " << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    redis->run({"SET", "a", damaged}).value();
    EXPECT_FALSE(cache->get("a")) << "damaged at " << at;
  }
  redis->run({"SET", "a", whole + "x"}).value();
  EXPECT_FALSE(cache->get("a")) << "longer";
  redis->run({"SET", "b", whole}).value();
  EXPECT_FALSE(cache->get("b")) << "of another key";
  redis->run({"SET", "c", std::string(3 << 20, 'x')}).value();
  EXPECT_FALSE(cache->get("c")) << "huge";
  redis->run({"DEL", "d"}).value();
  redis->run({"LPUSH", "d", "x"}).value();
  EXPECT_FALSE(cache->get("d")) << "a list";
  redis->run({"SET", "a", whole}).value();
  EXPECT_TRUE(cache->get("a")) << "the cache still works";
}

TEST_F(RedisCacheTest, SurvivesARestartOfTheServer) {
  const auto cache = open(quick());
  cache->put("a", as_bytes("x"), hours(1));
  ASSERT_TRUE(cache->get("a"));
  server_->kill();
  while (cache.is_connected()) EXPECT_FALSE(cache->get("a"));
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(cache->get("a"));
    cache->put("b", as_bytes("x"), hours(1));
  }
  EXPECT_NE(metrics_.expose().find("fit_redis_connected 0"), std::string::npos);
  server_->start();
  ASSERT_TRUE(cache.wait_connected());
  EXPECT_NE(metrics_.expose().find("fit_redis_connected 1"), std::string::npos);
  cache->put("a", as_bytes("y"), hours(1));
  const auto found = cache->get("a");
  ASSERT_TRUE(found);
  EXPECT_EQ(as_text(found->value), "y");
}

TEST_F(RedisCacheTest, StopsCallingASuspendedServer) {
  const auto cache = open(quick());
  cache->put("a", as_bytes("x"), hours(1));
  server_->pause();
  int calls = 0;
  for (; cache.is_connected(); ++calls) EXPECT_FALSE(cache->get("a"));
  EXPECT_LE(calls, 2) << "each waits for the time limit";
  server_->resume();
  ASSERT_TRUE(cache.wait_connected());
}

TEST_F(RedisCacheTest, ThreadsContinueWhenTheServerIsKilled) {
  const auto cache = open(quick());
  MemoryCache memory({});
  TieredCache both(memory, *cache);
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 3000; ++i) {
        const std::string key = fit::format("{}-{}", t, i);
        both.put(key, as_bytes(key), hours(1));
        const auto found = both.get(key);
        EXPECT_TRUE(found && as_text(found->value) == key);
      }
    });
  }
  server_->kill();
  server_->start();
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(cache.wait_connected());
}

TEST_F(RedisCacheTest, ARejectedPasswordIsAMissingConnection) {
  session()->run({"CONFIG", "SET", "requirepass", "secret"}).value();
  const auto without = open_url(server_->url(), quick());
  without->put("a", as_bytes("x"), hours(1));
  EXPECT_FALSE(without->get("a"));
  const auto with = open_url("unix://:secret@" + server_->socket() + "?db=1", quick());
  ASSERT_TRUE(with.wait_connected());
  with->put("a", as_bytes("x"), hours(1));
  EXPECT_TRUE(with->get("a"));
}

TEST(RedisPool, AMissingServerIsNoError) {
  TempDir folder;
  RedisPool::Options options;
  options.breaker = {.failures = 1, .open_for = milliseconds(5), .longest = milliseconds(10)};
  const auto pool = RedisPool::open("unix://" + (folder.path() / "none").string(), Log::silent(), options);
  ASSERT_TRUE(pool);
  RedisCache cache(**pool);
  cache.put("a", as_bytes("x"), hours(1));
  EXPECT_FALSE(cache.get("a"));
  EXPECT_FALSE((*pool)->is_connected());
}

TEST(RedisPool, AnInvalidUrlIsAnError) {
  const auto pool = RedisPool::open("http://nowhere", Log::silent());
  ASSERT_FALSE(pool);
  EXPECT_EQ(pool.error().field, "REDIS_URL");
}

}  // namespace
}  // namespace fit::cache
