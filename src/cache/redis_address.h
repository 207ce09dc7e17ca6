#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::cache {

// The address of a Redis server, and the credentials for it.
struct RedisAddress {
  std::string host;  // empty: `socket` is used
  int port = 6379;
  std::string socket;  // path of a Unix domain socket
  std::string user;
  std::string password;
  int database = 0;
};

// Reads "redis://[[user]:password@]host[:port][/database]" or
// "unix://[[user]:password@]/path/of/the/socket[?db=database]"; user and password may be percent-encoded.
// kInvalid naming REDIS_URL, without the password.
Result<RedisAddress> parse_redis_url(std::string_view url);

}  // namespace fit::cache
