#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::sql {

// The options of a postgresql:// URL by libpq's keywords: host, port, user, password, dbname, ...
using PostgresAddress = std::map<std::string, std::string>;

// Parses a URL; kInvalid for other texts. Messages do not repeat the URL, as it may hold a password.
Result<PostgresAddress> postgres_address(const std::string& url);

// Quotes a value for "keyword=VALUE" in a connection string.
std::string quoted_for_libpq(std::string_view value);

// Returns "host:port" for messages, or the folder of a socket; empty when the URL has neither or is none.
std::string postgres_host(const std::string& url);

}  // namespace fit::sql
