#include <algorithm>
#include <filesystem>

#include "sql/database_url.h"
#include "sql/sqlite_connection.h"
#include "store/catalogue.h"
#include "store/catalogue_migrations.h"
#include "store/postgres_catalogue.h"
#include "store/sqlite_snapshot.h"
#include "store/words/sqlite_word_score.h"

namespace fit::store {
namespace {

constexpr std::size_t kIndexedAtOpening = 1000;  // items

Result<std::unique_ptr<Catalogue>> open_sqlite_catalogue(const std::filesystem::path& path,
                                                         const OpenOptions& options) {
  constexpr int kWriterCacheKib = 16384;
  sql::SqliteOptions session{.path = path,
                             .busy_timeout = options.busy_timeout,
                             .cache_kib = kWriterCacheKib,
                             .page_size_bytes = kSqlitePageSizeBytes,
                             .add_functions = &add_word_functions};
  {
    FIT_TRY(const auto first, sql::open_sqlite(session));
    FIT_CHECK(migrate_with_snapshot(path, *first, catalogue_schema(sqlite_engine())));
  }
  sql::Database::Pools pools;
  pools.ordered = std::make_unique<sql::ConnectionPool>([session] { return sql::open_sqlite(session); },
                                                        sql::ConnectionPool::Options{.size = 1});
  session.cache_kib = sql::SqliteOptions{}.cache_kib;
  session.query_only = true;
  pools.readers = std::make_unique<sql::ConnectionPool>(
      [session] { return sql::open_sqlite(session); },
      sql::ConnectionPool::Options{.size = std::max<std::size_t>(options.connections, 1)});
  return Catalogue::make(std::move(pools), sqlite_engine(), options.graph);
}

}  // namespace

const Engine& engine_of(const std::string& database_url) {
  return sql::is_postgres(database_url) ? postgres_engine() : sqlite_engine();
}

sql::Schema catalogue_schema(const Engine& engine) {
  return {.migrations = catalogue_migrations(), .tokens = engine.migration_tokens};
}

Result<std::unique_ptr<Catalogue>> open_catalogue(const std::string& database_url,
                                                  const OpenOptions& options) {
  Result<std::unique_ptr<Catalogue>> opened = nullptr;
  if (sql::is_postgres(database_url)) {
    opened = open_postgres_catalogue(database_url, options);
  } else {
    FIT_TRY(const auto path, sql::sqlite_path(database_url));
    opened = open_sqlite_catalogue(path, options);
  }
  // Index the words of a small catalogue of an earlier version now; WordFiller indexes the rest of a large
  // one.
  if (opened) {
    const auto indexed = (*opened)->words().backfill(kIndexedAtOpening);
    if (!indexed && indexed.error().code != ErrorCode::kUnavailable) opened = indexed.error();
  }
  if (!opened && opened.error().field.empty()) opened.error().field = sql::kDatabaseUrl;
  return opened;
}

}  // namespace fit::store
