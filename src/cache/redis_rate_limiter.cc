#include "cache/redis_rate_limiter.h"

#include <array>
#include <charconv>

#include "base/format.h"

namespace fit::cache {
namespace {

constexpr std::string_view kPrefix = "fit:rate:";  // of keys in Redis

// Takes a token from the bucket KEYS[1]. ARGV: the microseconds in which a token is added, and those in which
// an empty bucket becomes full. The value of the key is the time at which the bucket is full, in microseconds
// since 1970. Returns 1 or 0, whether a token was taken, and the microseconds until the bucket is full.
constexpr std::string_view kScript = R"lua(
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local token = tonumber(ARGV[1])
local fill = tonumber(ARGV[2])
local known = tonumber(redis.call('GET', KEYS[1])) or now
local full_at = math.min(math.max(known, now), now + fill)
local taken = full_at + token <= now + fill
if taken then full_at = full_at + token end
if taken or full_at < known then
  local expiry = string.format('%d', math.ceil((full_at - now) / 1000))
  redis.call('SET', KEYS[1], string.format('%.2f', full_at), 'PX', expiry)
end
return string.format('%d %d', taken and 1 or 0, full_at - now)
)lua";

// Reads what the script returns; nullopt for another text.
std::optional<TokenResult> read_result(std::string_view text, const RateLimit& limit) {
  if (!text.starts_with("0 ") && !text.starts_with("1 ")) return std::nullopt;
  std::int64_t until_full_us = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 2, end, until_full_us);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return token_result(text.front() == '1', std::chrono::microseconds(until_full_us), limit);
}

std::string microseconds(std::chrono::nanoseconds time) {
  return fit::format("{:.3f}", static_cast<double>(time.count()) / 1e3);
}

}  // namespace

RedisRateLimiter::RedisRateLimiter(RedisPool& pool, RateLimiter& local, Log log)
    : pool_(pool), local_(local), log_(std::move(log)), seconds_(pool.seconds_of("take")), script_(kScript) {}

TokenResult RedisRateLimiter::take(std::string_view key, const RateLimit& limit) {
  if (const auto result = take_in_redis(key, limit)) return *result;
  return local_.take(key, limit);
}

std::optional<TokenResult> RedisRateLimiter::take_in_redis(std::string_view key, const RateLimit& limit) {
  const std::string full_key = std::string(kPrefix) + std::string(key);
  const std::string token = microseconds(limit.time_of_token());
  const std::string fill = microseconds(limit.time_to_fill());
  const std::array<std::string_view, 1> keys = {full_key};
  const std::array<std::string_view, 2> arguments = {token, fill};
  const auto reply = script_.run(pool_, keys, arguments, seconds_);
  if (!reply) return std::nullopt;
  auto result = reply->refusal.empty() ? read_result(reply->text, limit) : std::nullopt;
  if (const bool was_refused = is_refused_.exchange(!result); !result && !was_refused) {
    log_.warning("Redis refuses rate limits, which now apply to each process", {{"reason", reply->refusal}});
  }
  return result;
}

}  // namespace fit::cache
