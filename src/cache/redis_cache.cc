#include "cache/redis_cache.h"

#include <algorithm>
#include <string>

#include "base/byte_stream.h"
#include "base/clock.h"
#include "base/hash.h"

namespace fit::cache {
namespace {

constexpr std::uint64_t kSeed = 0x66697463;  // the seed of the values' checksums
constexpr std::size_t kHeader = 8 + 8 + 8;   // expiry time, checksum, length
constexpr milliseconds kLongest = std::chrono::hours(24);

std::int64_t now_ms() {
  return std::chrono::floor<milliseconds>(now()).time_since_epoch().count();
}

std::uint64_t checksum(std::string_view key, std::int64_t ends, ByteView value) {
  return xxh3(value, xxh3(as_bytes(key), kSeed ^ static_cast<std::uint64_t>(ends)));
}

Bytes framed(std::string_view key, ByteView value, milliseconds time_to_live) {
  const std::int64_t ends = now_ms() + time_to_live.count();
  ByteWriter writer;
  writer.put(ends);
  writer.put(checksum(key, ends, value));
  writer.put_bytes(value);
  return writer.take();
}

std::optional<Found> unframed(std::string_view key, ByteView frame) {
  ByteReader reader(frame);
  const auto ends = reader.get<std::int64_t>();
  const auto expected = reader.get<std::uint64_t>();
  const ByteView value = reader.get_bytes();
  if (!reader.is_done() || checksum(key, ends, value) != expected) return std::nullopt;
  const std::int64_t now = now_ms();
  if (ends <= now) return std::nullopt;
  // Clocks of two machines may differ.
  const auto left = std::min(milliseconds(ends - now), kLongest);
  return Found{Bytes(value.begin(), value.end()), left, Level::kRedis};
}

}  // namespace

RedisCache::RedisCache(RedisPool& pool, std::size_t max_value_bytes)
    : pool_(pool),
      max_value_bytes_(max_value_bytes),
      get_seconds_(pool.seconds_of("get")),
      put_seconds_(pool.seconds_of("put")) {}

// GETRANGE instead of GET bounds the reply, even if another program stored a longer value under the key.
std::optional<Found> RedisCache::get(std::string_view key) {
  const std::string last = std::to_string(kHeader + max_value_bytes_ - 1);
  const auto frame = pool_.run({"GETRANGE", key, "0", last}, get_seconds_);
  if (!frame || frame->text.empty()) return std::nullopt;
  return unframed(key, as_bytes(frame->text));
}

void RedisCache::put(std::string_view key, ByteView value, milliseconds time_to_live) {
  if (value.size() > max_value_bytes_ || time_to_live.count() <= 0) return;
  time_to_live = std::min(time_to_live, kLongest);
  const Bytes frame = framed(key, value, time_to_live);
  pool_.run({"SET", key, as_text(frame), "PX", std::to_string(time_to_live.count())}, put_seconds_);
}

}  // namespace fit::cache
