#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cache/cache.h"
#include "cache/redis_address.h"

namespace fit::cache {

// One session with a Redis server. Not thread-safe. After an Error (kUnavailable, kDeadlineExceeded) the
// session cannot be used any more. Calls block.
class RedisConnection {
 public:
  // Connects, authenticates, selects the database and sends a PING. kUnavailable, kDeadlineExceeded, or
  // kUnauthorized when the server rejects the credentials.
  static Result<std::unique_ptr<RedisConnection>> open(const RedisAddress& address,
                                                       milliseconds connect_timeout,
                                                       milliseconds command_timeout);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // What the server returned.
  struct Reply {
    std::string text = {};                // the value: a text, a status or a number
    std::string refusal = {};             // the error that the server returned, or empty
    std::vector<std::string> items = {};  // the values of a list that has no lists in it
  };
  Result<Reply> run(std::span<const std::string_view> command);
  Result<Reply> run(std::initializer_list<std::string_view> command) {
    return run(std::span(command.begin(), command.size()));
  }

  // Receives the messages of a channel from now on. The session runs no other command afterwards.
  // kUnauthorized when the server refuses.
  Result<void> subscribe(std::string_view channel);
  // Waits for a message, at most for `time`, and consumes it. Returns whether there was one.
  Result<bool> wait_for_message(milliseconds time);

 private:
  struct Handle;
  explicit RedisConnection(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace fit::cache
