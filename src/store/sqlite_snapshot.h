#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "sql/migrations.h"

// Copies of a SQLite catalogue that are taken before its schema changes, for a way back to the program
// before. A snapshot is the file "<database>.schema-<version>" beside the database; there is one, of the last
// change.
namespace fit::store {

// Applies the missing migrations, as sql::migrate() does, to the database that `connection` is open on. Where
// there are migrations already, and more are missing, a snapshot is taken first, and others are removed
// afterwards. kStorageFull when there is no space for it: nothing is changed then. Several processes may call
// it at once. Blocks for as long as copying the file takes.
Result<void> migrate_with_snapshot(const std::filesystem::path& database, sql::SqlConnection& connection,
                                   const sql::Schema& schema);

// What a rollback has done.
struct Rollback {
  std::int64_t from = 0;  // versions of the schema
  std::int64_t to = 0;
  std::filesystem::path kept;  // the database as it was before, which is kept beside it
};

// Puts the snapshot in the place of the database, and keeps the database as "<database>.rolled-back". What
// was written since the snapshot is in the kept file only. The catalogue gets a new identity, so that no
// index of the former one is used for it. kNotFound without a snapshot of an earlier version; kConflict while
// another process has the database open; kDamaged. After an error the database is as it was; after a crash it
// is one of the two.
Result<Rollback> roll_back_sqlite(const std::filesystem::path& database);

}  // namespace fit::store
