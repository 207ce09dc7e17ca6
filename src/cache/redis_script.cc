#include "cache/redis_script.h"

#include <vector>

#include "base/hash.h"

namespace fit::cache {

RedisScript::RedisScript(std::string_view text) : text_(text), hash_(sha1_hex(as_bytes(text))) {}

std::optional<RedisConnection::Reply> RedisScript::run(RedisPool& pool,
                                                       std::span<const std::string_view> keys,
                                                       std::span<const std::string_view> arguments,
                                                       Histogram* seconds) const {
  const std::string key_count = std::to_string(keys.size());
  std::vector<std::string_view> command = {"EVALSHA", hash_, key_count};
  command.insert(command.end(), keys.begin(), keys.end());
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto reply = pool.run(command, seconds);
  // Redis forgets its scripts when it restarts.
  if (reply && reply->refusal.starts_with("NOSCRIPT")) {
    command[0] = "EVAL";
    command[1] = text_;
    reply = pool.run(command, seconds);
  }
  return reply;
}

}  // namespace fit::cache
