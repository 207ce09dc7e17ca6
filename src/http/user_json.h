#pragma once

#include "accounts/users.h"
#include "base/json.h"

namespace fit::http {

// A user as the API writes it.
Json user_json(const accounts::User& user);

// An RFC 3339 time, or null.
Json time_or_null(const std::optional<Timestamp>& time);

}  // namespace fit::http
