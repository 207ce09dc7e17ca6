#include "store/tenant_schema.h"

#include "base/format.h"
#include "base/hash.h"
#include "sql/postgres_connection.h"
#include "sql/postgres_schema.h"

namespace fit::store {
namespace {

constexpr std::size_t kMaxNameBytes = 63;  // PostgreSQL's NAMEDATALEN without its end
constexpr std::size_t kHashDigits = 16;

}  // namespace

std::string tenant_schema(std::string_view tenant) {
  std::string schema = std::string(kTenantSchemaPrefix) + std::string(tenant);
  if (schema.size() <= kMaxNameBytes) return schema;
  schema.resize(kMaxNameBytes - kHashDigits - 1);
  return schema + "~" + sha256_hex(as_bytes(tenant)).substr(0, kHashDigits);
}

Result<std::string> tenant_database_url(const std::string& url, std::string_view tenant) {
  return sql::with_schema(url, tenant_schema(tenant));
}

Result<void> make_schema(const std::string& tenant_url) {
  FIT_TRY(const auto connection, sql::open_postgres({.url = tenant_url}));
  // Ordered writers of one schema follow each other, so that two processes do not make it at the same time.
  FIT_TRY(auto transaction, sql::Transaction::write(*connection, sql::Ordering::kOrdered));
  FIT_CHECK(connection->run_script(
      fit::format("CREATE SCHEMA IF NOT EXISTS {}", sql::quoted_name(sql::own_schema(tenant_url)))));
  return transaction.commit();
}

Result<bool> has_schema(const std::string& tenant_url) {
  FIT_TRY(const auto connection, sql::open_postgres({.url = tenant_url}));
  const std::string schema = sql::own_schema(tenant_url);
  FIT_TRY(const auto found, connection->query_integer("SELECT COUNT(*) FROM pg_namespace WHERE nspname = $1",
                                                      {std::string_view(schema)}));
  return found.value_or(0) != 0;
}

Result<void> remove_schema(const std::string& tenant_url) {
  FIT_TRY(const auto connection, sql::open_postgres({.url = tenant_url}));
  FIT_TRY(auto transaction, sql::Transaction::write(*connection, sql::Ordering::kOrdered));
  FIT_CHECK(connection->run_script(
      fit::format("DROP SCHEMA IF EXISTS {} CASCADE", sql::quoted_name(sql::own_schema(tenant_url)))));
  return transaction.commit();
}

}  // namespace fit::store
