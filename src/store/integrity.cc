#include "store/integrity.h"

#include <filesystem>

#include "sql/database_url.h"
#include "sql/postgres_connection.h"
#include "sql/sqlite_connection.h"
#include "store/engine.h"
#include "store/words/sqlite_word_score.h"

namespace fit::store {
namespace {

Result<sql::ConnectionPool::Open> session_opener(const std::string& url) {
  if (sql::is_postgres(url)) {
    return sql::ConnectionPool::Open([url] { return sql::open_postgres({.url = url}); });
  }
  FIT_TRY(const auto path, sql::sqlite_path(url));
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return not_found("there is no database file");
  const sql::SqliteOptions session{.path = path, .query_only = true, .add_functions = &add_word_functions};
  return sql::ConnectionPool::Open([session] { return sql::open_sqlite(session); });
}

}  // namespace

Result<void> check_database(const std::string& database_url, const IntegrityOptions& options,
                            const Progress& progress, const std::stop_token& stop,
                            std::vector<Damage>& found) {
  auto checked = [&]() -> Result<void> {
    FIT_TRY(const auto open, session_opener(database_url));
    FIT_CHECK(open());  // fail early when no session can be opened
    sql::Database::Pools pools;
    pools.ordered = std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{});
    pools.readers = std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{});
    sql::Database database(std::move(pools));
    return engine_of(database_url).check_tables(database, options, progress, stop, found);
  }();
  if (checked) return {};
  Error error = std::move(checked).error();
  if (error.code == ErrorCode::kDamaged) {
    found.push_back({"database", error.detail.empty() ? error.message : error.detail});
    return {};
  }
  if (error.field.empty() && error.code != ErrorCode::kCancelled) error.field = sql::kDatabaseUrl;
  return error;
}

}  // namespace fit::store
