#include "store/migrate.h"

#include <filesystem>

#include "base/format.h"
#include "sql/database_url.h"
#include "sql/postgres_connection.h"
#include "sql/postgres_schema.h"
#include "sql/sqlite_connection.h"
#include "store/engine.h"
#include "store/pgvector/extension.h"
#include "store/words/sqlite_word_score.h"

namespace fit::store {
namespace {

// Opens a session for migrations; null for a SQLite file that does not exist, unless it may be made.
Result<std::unique_ptr<sql::SqlConnection>> connect(const std::string& url, bool may_make) {
  if (sql::is_postgres(url)) return may_make ? open_with_pgvector(url) : sql::open_postgres({.url = url});
  FIT_TRY(const auto path, sql::sqlite_path(url));
  if (!may_make && !std::filesystem::exists(path)) return nullptr;
  return sql::open_sqlite(
      {.path = path, .page_size_bytes = kSqlitePageSizeBytes, .add_functions = &add_word_functions});
}

Error naming_the_setting(Error error) {
  if (error.field.empty()) error.field = sql::kDatabaseUrl;
  return error;
}

// Opens a session for a layout; null where the database cannot have one: on SQLite, and before its
// migrations.
Result<std::unique_ptr<sql::SqlConnection>> connect_for_layout(const std::string& url, const LayoutRun& run) {
  if (!sql::is_postgres(url)) {
    if (run.wanted != nullptr) return invalid("layout", "is for PostgreSQL: SQLite has no partitions");
    return nullptr;
  }
  if (!sql::own_schema(url).empty()) {
    if (run.wanted != nullptr)
      return invalid("layout", "is for the tenant default: others have no partitions");
    return nullptr;
  }
  auto connection = sql::open_postgres({.url = url});
  if (!connection) return naming_the_setting(connection.error());
  const auto applied = sql::applied_count(**connection, catalogue_schema(postgres_engine()));
  if (!applied) return naming_the_setting(applied.error());
  if (*applied < catalogue_schema(postgres_engine()).migrations.size()) return nullptr;
  return connection;
}

}  // namespace

Result<std::vector<LayoutStep>> database_layout_steps(const std::string& database_url, const LayoutRun& run) {
  FIT_TRY(const auto connection, connect_for_layout(database_url, run));
  if (connection == nullptr) return std::vector<LayoutStep>{};
  return layout_steps(*connection, run);
}

Result<void> lay_out_database(const std::string& database_url, const LayoutRun& run,
                              const std::function<void(const LayoutStep&)>& begin) {
  FIT_TRY(const auto connection, connect_for_layout(database_url, run));
  return connection == nullptr ? Result<void>() : apply_layout(*connection, run, begin);
}

Result<std::vector<SchemaStep>> schema_steps(const std::string& database_url) {
  const auto connection = connect(database_url, false);
  if (!connection) return naming_the_setting(connection.error());
  const sql::Schema schema = catalogue_schema(engine_of(database_url));
  std::size_t applied = 0;
  if (*connection != nullptr) {
    const auto count = sql::applied_count(**connection, schema);
    if (!count) return naming_the_setting(count.error());
    applied = *count;
  }
  const sql::SqlDialect& dialect = *connection == nullptr ? sql::sqlite_dialect() : (*connection)->dialect();
  std::vector<SchemaStep> steps;
  for (const sql::Migration& migration : schema.migrations) {
    steps.push_back({.version = migration.version,
                     .name = std::string(migration.name),
                     .is_applied = steps.size() < applied,
                     .sql = schema.expand(dialect, migration)});
  }
  return steps;
}

Result<void> migrate_database(const std::string& database_url, const MigrationOptions& options) {
  const std::optional<int> to = options.to;
  sql::Schema schema = catalogue_schema(engine_of(database_url));
  const int last = static_cast<int>(schema.migrations.size());
  if (to && (*to < 1 || *to > last)) {
    return invalid("--to", fit::format("must be between 1 and {}, the program's last version", last));
  }
  const auto connection = connect(database_url, true);
  if (!connection) return naming_the_setting(connection.error());
  const auto applied = sql::applied_count(**connection, schema);
  if (!applied) return naming_the_setting(applied.error());
  const auto wanted = static_cast<std::size_t>(to.value_or(last));
  if (wanted < *applied) {
    return invalid("--to",
                   fit::format("the database has version {}, and steps are never taken back: restore a "
                               "backup instead",
                               *applied));
  }
  schema.migrations = schema.migrations.first(wanted);
  Result<void> done;
  if (sql::is_postgres(database_url) || !options.takes_snapshot) {
    done = sql::migrate(**connection, schema);
  } else {
    FIT_TRY(const auto path, sql::sqlite_path(database_url));
    done = migrate_with_snapshot(path, **connection, schema);
  }
  if (!done) return naming_the_setting(done.error());
  return {};
}

Result<Rollback> roll_back_database(const std::string& database_url) {
  if (sql::is_postgres(database_url)) {
    return invalid("--rollback",
                   "is for SQLite: restore a backup of a PostgreSQL database, or its WAL archive");
  }
  FIT_TRY(const auto path, sql::sqlite_path(database_url));
  auto done = roll_back_sqlite(path);
  if (!done) return naming_the_setting(done.error());
  return done;
}

}  // namespace fit::store
