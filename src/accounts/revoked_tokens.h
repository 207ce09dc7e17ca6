#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// The search tokens that were revoked before they end, by the key that signed them and their claim "jti".
// Thread-safe; calls block. Errors as for sql::Database.
class RevokedTokens {
 public:
  explicit RevokedTokens(sql::Database& database) : database_(database) {}

  // From then on the token is not valid. `expires_at` is when it ends by itself: it is forgotten then. The
  // key must exist. A later time replaces an earlier one.
  Result<void> add(std::int64_t key_id, std::string_view jti, Timestamp expires_at);

  Result<bool> contains(std::int64_t key_id, std::string_view jti);

 private:
  sql::Database& database_;
};

}  // namespace fit::accounts
