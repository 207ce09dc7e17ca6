#include "accounts/test_database.h"

#include <stdexcept>

#include "base/files.h"
#include "sql/sqlite_connection.h"

namespace fit::accounts::testing {
namespace {

constexpr std::uint64_t kMaxMigrationBytes = 1 << 20;

void check(const Result<void>& done) {
  if (!done) throw std::runtime_error(done.error().describe());
}

}  // namespace

std::unique_ptr<sql::Database> open_database(const TempDir& folder) {
  const sql::SqliteOptions session{.path = folder.path() / "fit.db"};
  const auto open = [session] { return sql::open_sqlite(session); };
  auto first = open().value();
  check(first->run_script("CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL);"));
  for (const char* const name : {"0008_accounts", "0009_tenants", "0010_shoppers"}) {
    const std::string path = std::string(FIT_SOURCE_DIR) + "/src/store/migrations/" + name + ".sql";
    const Bytes migration = read_file(path, kMaxMigrationBytes).value();
    check(first->run_script(sql::sqlite_dialect().expand(as_text(migration))));
  }
  sql::Database::Pools pools;
  pools.ordered = std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{});
  pools.readers = std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{.size = 2});
  return std::make_unique<sql::Database>(std::move(pools));
}

}  // namespace fit::accounts::testing
