#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "sql/sql_connection.h"

struct sqlite3;

namespace fit::sql {

// Which file a session is opened with, and how.
struct SqliteOptions {
  std::filesystem::path path;  // made, with its parent folders, when missing
  std::chrono::milliseconds busy_timeout{10'000};
  int cache_kib = 8192;
  int page_size_bytes = 4096;  // of a file that is made; a power of two from 512 to 65536
  bool query_only = false;     // for readers: refuses writes
  // Adds SQL functions to the session and returns a SQLite result code; null adds none.
  int (*add_functions)(sqlite3* db) = nullptr;
};

// Opens a session with a SQLite file in write-ahead-log mode: readers see the last commit and do not wait for
// the writer; a commit returns after fsync. Other processes may use the file at the same time, on a local
// disk but not over NFS. Makes the file when it is missing. kStorageFull (cannot be made or written),
// kInvalid (not a database, or another program's), kUnavailable (locked), kInternal (damaged). Blocks.
Result<std::unique_ptr<SqlConnection>> open_sqlite(const SqliteOptions& options);

// The dialect of SQLite.
const SqlDialect& sqlite_dialect();

}  // namespace fit::sql
