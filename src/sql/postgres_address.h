#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::sql {

// What a postgresql:// URL gives, by libpq's keywords: host, port, user, password, dbname, ...
using PostgresAddress = std::map<std::string, std::string>;

// kInvalid for what is no such URL. No message repeats a part of it, as it may hold a password.
Result<PostgresAddress> postgres_address(const std::string& url);

// A value as it stands behind "keyword=" in a connection string.
std::string quoted_for_libpq(std::string_view value);

// For people: "host:port", or the folder of a socket; empty where the URL says neither.
std::string postgres_host(const std::string& url);

}  // namespace fit::sql
