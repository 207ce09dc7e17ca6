#include <algorithm>
#include <filesystem>

#include "sql/database_url.h"
#include "sql/sqlite_connection.h"
#include "store/catalogue_migrations.h"
#include "store/postgres_store.h"
#include "store/sql_store.h"
#include "store/store.h"

namespace fit::store {
namespace {

Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& path,
                                                 const OpenOptions& options) {
  constexpr int kWriterCacheKib = 16384;
  sql::SqliteOptions session{
      .path = path, .busy_timeout = options.busy_timeout, .cache_kib = kWriterCacheKib};
  {
    FIT_TRY(const auto first, sql::open_sqlite(session));
    FIT_CHECK(sql::migrate(*first, catalogue_migrations()));
  }
  auto writers = std::make_unique<sql::ConnectionPool>([session] { return sql::open_sqlite(session); },
                                                       sql::ConnectionPool::Options{.size = 1});
  session.cache_kib = sql::SqliteOptions{}.cache_kib;
  session.query_only = true;
  auto readers = std::make_unique<sql::ConnectionPool>(
      [session] { return sql::open_sqlite(session); },
      sql::ConnectionPool::Options{.size = std::max<std::size_t>(options.connections, 1)});
  return SqlStore::make(std::move(writers), std::move(readers));
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::string& database_url, const OpenOptions& options) {
  Result<std::unique_ptr<Store>> opened = nullptr;
  if (sql::is_postgres(database_url)) {
    opened = open_postgres_store(database_url, options);
  } else {
    FIT_TRY(const auto path, sql::sqlite_path(database_url));
    opened = open_sqlite_store(path, options);
  }
  if (!opened && opened.error().field.empty()) opened.error().field = sql::kDatabaseUrl;
  return opened;
}

}  // namespace fit::store
