#include "notify/notification_keys.h"

#include <optional>

#include "base/hash.h"
#include "base/secure_random.h"

namespace fit::notify {
namespace {

constexpr std::size_t kLinkKeyBytes = 32;

Result<std::optional<std::string>> stored_key(sql::SqlConnection& connection, std::string_view name) {
  std::optional<std::string> value;
  FIT_CHECK(connection.query("SELECT value FROM notification_keys WHERE name = $1", {name},
                             [&value](const sql::SqlRow& row) { value = row.text(0); }));
  return value;
}

}  // namespace

Result<std::string> notification_key(sql::Database& database, std::string_view name,
                                     const std::function<Result<std::string>()>& make) {
  FIT_TRY(auto known,
          database.read([&](sql::SqlConnection& connection) { return stored_key(connection, name); }));
  if (known) return *std::move(known);
  FIT_TRY(const std::string made, make());
  return database.write(
      sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<std::string> {
        FIT_CHECK(
            connection.execute("INSERT INTO notification_keys (name, value) VALUES ($1, $2) "
                               "ON CONFLICT (name) DO NOTHING",
                               {name, std::string_view(made)}));
        FIT_TRY(auto stored, stored_key(connection, name));
        return stored ? *std::move(stored) : made;
      });
}

Result<std::string> link_key(sql::Database& database) {
  return notification_key(database, kLinkKey,
                          [] { return Result<std::string>(sha256_hex(secure_random(kLinkKeyBytes))); });
}

}  // namespace fit::notify
