#pragma once

#include <string>

#include "base/error.h"

struct sqlite3;

namespace fit::sql {

// Makes an Error from a result code of SQLite: kStorageFull (no space, read-only), kUnavailable (locked, out
// of file handles), kInvalid (not a database), kTooLarge (a value over SQLite's limit), kInternal (damaged
// file, I/O error, bug). `db`, which may be null, has the system's error number and SQLite's message; `what`
// is for the log.
Error sqlite_error(sqlite3* db, int code, std::string what);

}  // namespace fit::sql
