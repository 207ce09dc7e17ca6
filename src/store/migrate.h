#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/pgvector/postgres_layout.h"
#include "store/pgvector/vector_layout.h"
#include "store/sqlite_snapshot.h"

namespace fit::store {

// One migration of the schema, and whether a database has it.
struct SchemaStep {
  int version = 0;
  std::string name;
  bool is_applied = false;
  std::string sql;  // the statements for the database's engine
};

// Returns the steps of this program, and which of them the database of a DATABASE_URL has. Changes nothing; a
// SQLite file that does not exist has no step. Errors as for open_catalogue(). Blocks.
Result<std::vector<SchemaStep>> schema_steps(const std::string& database_url);

// How a database is migrated.
struct MigrationOptions {
  std::optional<int> to = std::nullopt;  // the last version that is applied; nullopt: the program's last
  bool takes_snapshot = true;            // SQLite: a copy before the first step (sqlite_snapshot.h)
};

// Applies the missing steps. Steps are never undone: kInvalid naming "--to" for a version below the
// database's or above the program's. Errors as for open_catalogue(). Blocks.
Result<void> migrate_database(const std::string& database_url, const MigrationOptions& options);

// Puts a SQLite database back to the snapshot that was taken before its last migration (roll_back_sqlite()).
// kInvalid naming "--rollback" for PostgreSQL; the errors of roll_back_sqlite(). Blocks.
Result<Rollback> roll_back_database(const std::string& database_url);

// layout_steps() and apply_layout() (pgvector/postgres_layout.h) for the database of a DATABASE_URL. There
// are no steps while migrations are missing: migrate_database() comes first. kInvalid naming "layout" for a
// layout on SQLite. Block.
Result<std::vector<LayoutStep>> database_layout_steps(const std::string& database_url, const LayoutRun& run);
Result<void> lay_out_database(const std::string& database_url, const LayoutRun& run,
                              const std::function<void(const LayoutStep&)>& begin);

}  // namespace fit::store
