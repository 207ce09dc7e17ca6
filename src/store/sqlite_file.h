#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

// A SQLite file that is opened outside of the pools of sql/database.h, to be copied, checked or replaced.
namespace fit::store {

struct CloseSqliteFile {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using SqliteFile = std::unique_ptr<sqlite3, CloseSqliteFile>;

// Run the statements, and return the first column of the first row; empty or 0 without rows or for NULL.
// Block. The errors of sqlite_error(), with the statements.
Result<std::string> read_text(sqlite3* db, const std::string& sql);
Result<std::int64_t> read_integer(sqlite3* db, const std::string& sql);

// The number of the last migration; 0 before the first one.
Result<std::int64_t> schema_version(sqlite3* db);

}  // namespace fit::store
