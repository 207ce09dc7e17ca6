#include "accounts/revoked_tokens.h"

#include "accounts/access_version.h"
#include "accounts/sql_times.h"

namespace fit::accounts {
namespace {

using sql::Ordering;
using sql::SqlConnection;

}  // namespace

Result<void> RevokedTokens::add(std::int64_t key_id, std::string_view jti, Timestamp expires_at) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute("DELETE FROM revoked_tokens WHERE expires_at <= $1", {ticks(now())}));
    FIT_CHECK(connection.execute(
        "INSERT INTO revoked_tokens (key_id, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT (key_id, jti) "
        "DO UPDATE SET expires_at = excluded.expires_at WHERE revoked_tokens.expires_at < "
        "excluded.expires_at",
        {key_id, jti, ticks(expires_at)}));
    return count_access_change(connection);
  });
}

Result<bool> RevokedTokens::contains(std::int64_t key_id, std::string_view jti) {
  return database_.read_without_transaction([&](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const auto found,
            connection.query_integer("SELECT 1 FROM revoked_tokens WHERE key_id = $1 AND jti = $2",
                                     {key_id, jti}));
    return found.has_value();
  });
}

}  // namespace fit::accounts
