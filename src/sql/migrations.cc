#include "sql/migrations.h"

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/replace_all.h"

namespace fit::sql {
namespace {

struct Applied {
  std::int64_t version = 0;
  std::string checksum;
};

Result<std::vector<Applied>> applied_steps(SqlConnection& connection) {
  FIT_CHECK(
      connection.execute("CREATE TABLE IF NOT EXISTS schema_migrations ("
                         "version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
                         "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
                         {}));
  std::vector<Applied> steps;
  FIT_CHECK(connection.query(
      "SELECT version, checksum FROM schema_migrations ORDER BY version", {},
      [&steps](const SqlRow& row) { steps.push_back({row.integer(0), std::string(row.text(1))}); }));
  return steps;
}

Result<void> check_history(std::span<const Applied> applied, std::span<const Migration> migrations) {
  if (!applied.empty() && applied.back().version > static_cast<std::int64_t>(migrations.size())) {
    return Error{
        ErrorCode::kConflict,
        fit::format("the database has schema version {} and this program knows only up to {}: upgrade the "
                    "program, or restore a backup that an older one made",
                    applied.back().version, migrations.size()),
        {},
        {}};
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (applied[i].version != migrations[i].version ||
        applied[i].checksum != sha256_hex(as_bytes(migrations[i].sql))) {
      return Error{
          ErrorCode::kConflict,
          fit::format("schema version {} of the database is not the one of this program: it was made by "
                      "another build",
                      applied[i].version),
          {},
          {}};
    }
  }
  return {};
}

Result<void> apply(SqlConnection& connection, const Schema& schema, const Migration& migration) {
  auto done = connection.run_script(schema.expand(connection.dialect(), migration));
  if (!done) {
    done.error().detail =
        fit::format("migration {} {}: {}", migration.version, migration.name, done.error().detail);
    return done;
  }
  FIT_CHECK(connection.execute(
      "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
      {migration.version, migration.name, std::string_view(sha256_hex(as_bytes(migration.sql))),
       now().time_since_epoch().count()}));
  return {};
}

Result<void> apply_all(SqlConnection& connection, const Schema& schema) {
  for (const Migration& migration : schema.migrations) FIT_CHECK(apply(connection, schema, migration));
  return {};
}

}  // namespace

std::string Schema::expand(const SqlDialect& dialect, const Migration& migration) const {
  std::string text = dialect.expand(migration.sql);
  for (const MigrationToken& token : tokens) replace_all(text, token.name, token.text);
  return text;
}

Result<std::size_t> applied_count(SqlConnection& connection, const Schema& schema) {
  // Rolled back: the table of steps is not left behind.
  FIT_TRY(const auto transaction, Transaction::write(connection, Ordering::kOrdered));
  FIT_TRY(const auto applied, applied_steps(connection));
  FIT_CHECK(check_history(applied, schema.migrations));
  return applied.size();
}

Result<void> migrate(SqlConnection& connection, const Schema& schema) {
  bool is_first_try = true;
  for (;;) {
    FIT_TRY(auto transaction, Transaction::write(connection, Ordering::kOrdered));
    FIT_TRY(const auto applied, applied_steps(connection));
    FIT_CHECK(check_history(applied, schema.migrations));
    if (applied.size() == schema.migrations.size()) return transaction.commit();
    // A step that fails takes all steps back, and each is then tried in a transaction of its own.
    if (applied.empty() && std::exchange(is_first_try, false)) {
      auto done = apply_all(connection, schema);
      if (done) return transaction.commit();
      if (connection.is_broken()) return done;
      continue;
    }
    FIT_CHECK(apply(connection, schema, schema.migrations[applied.size()]));
    FIT_CHECK(transaction.commit());
  }
}

}  // namespace fit::sql
