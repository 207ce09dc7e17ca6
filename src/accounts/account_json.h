#pragma once

#include <cstdint>

#include "accounts/api_keys.h"
#include "accounts/sessions.h"
#include "accounts/users.h"
#include "base/json.h"

// Keys and users as the API and the commands write them. Times are RFC 3339.
namespace fit::accounts {

// A key without its secret. Its filters, rate limit and times are null when it has none.
Json key_json(const ApiKey& key);

// A new key, or a key with a new secret: key_json() and the secret.
Json issued_key_json(const IssuedKey& issued);

// What the audit log says of a key: what it is called, and what it may do.
Json key_audit_detail(const ApiKey& key);

// A user without secrets.
Json user_json(const User& user);

// A session; `current` is the id of the caller's session, or 0.
Json session_json(const Session& session, std::int64_t current);

}  // namespace fit::accounts
