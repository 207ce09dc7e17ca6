#include "accounts/access_version.h"

namespace fit::accounts {

Result<std::int64_t> access_version(sql::SqlConnection& connection) {
  FIT_TRY(const auto version,
          connection.query_integer("SELECT value FROM counters WHERE name = $1", {"access"}));
  if (!version) return Error{ErrorCode::kDamaged, "the database is damaged", {}, "no counter 'access'"};
  return *version;
}

Result<void> count_access_change(sql::SqlConnection& connection) {
  FIT_CHECK(connection.execute("UPDATE counters SET value = value + 1 WHERE name = $1", {"access"}));
  return {};
}

}  // namespace fit::accounts
