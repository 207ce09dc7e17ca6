#include "cache/redis_address.h"

#include <gtest/gtest.h>

namespace fit::cache {
namespace {

TEST(RedisAddress, ReadsHosts) {
  const auto plain = parse_redis_url("redis://cache").value();
  EXPECT_EQ(plain.host, "cache");
  EXPECT_EQ(plain.port, 6379);
  EXPECT_EQ(plain.database, 0);
  const auto full = parse_redis_url("redis://me:p%40ss%2F@10.0.0.1:7000/3").value();
  EXPECT_EQ(full.host, "10.0.0.1");
  EXPECT_EQ(full.port, 7000);
  EXPECT_EQ(full.database, 3);
  EXPECT_EQ(full.user, "me");
  EXPECT_EQ(full.password, "p@ss/");
  EXPECT_EQ(parse_redis_url("redis://:secret@[::1]:7000/").value().host, "::1");
  EXPECT_EQ(parse_redis_url("redis://[::1]").value().port, 6379);
}

TEST(RedisAddress, ReadsSockets) {
  const auto socket = parse_redis_url("unix://:secret@/run/redis/redis.sock?db=2").value();
  EXPECT_EQ(socket.socket, "/run/redis/redis.sock");
  EXPECT_EQ(socket.host, "");
  EXPECT_EQ(socket.password, "secret");
  EXPECT_EQ(socket.database, 2);
}

TEST(RedisAddress, RejectsInvalidUrls) {
  for (const char* const url :
       {"", "localhost", "http://cache", "rediss://cache", "redis://", "redis://:6379", "redis://cache:0",
        "redis://cache:99999", "redis://cache:12x", "redis://cache/one", "redis://cache/-1",
        "redis://me@cache", "redis://:%zz@cache", "redis://:%4", "unix://relative.sock", "unix:///a?x=1",
        "unix:///a?db=x"}) {
    const auto address = parse_redis_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(address.error().field, "REDIS_URL");
  }
  const auto leaked = parse_redis_url("rediss://:hunter2@cache");
  EXPECT_EQ(leaked.error().describe().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace fit::cache
