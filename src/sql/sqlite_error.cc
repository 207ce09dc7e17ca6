#include "sql/sqlite_error.h"

#include <sqlite3.h>

#include <cerrno>
#include <system_error>

namespace fit::sql {
namespace {

bool is_storage_full(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case EACCES:
    case EPERM:
      return true;
    default:
      return false;
  }
}

Error io_error(int code, int error_number) {
  if (error_number == ENOSPC || error_number == EDQUOT) {
    return {ErrorCode::kStorageFull, "the disk of the database is full", {}, {}};
  }
  // ENOENT: SQLite could not make the file, then tried to open it without making it; the folder is there.
  if (is_storage_full(error_number) || (code == SQLITE_CANTOPEN && error_number == ENOENT)) {
    return {ErrorCode::kStorageFull,
            "the database cannot be written: no permission, or a read-only disk",
            {},
            {}};
  }
  if (error_number == EMFILE || error_number == ENFILE) {
    return {ErrorCode::kUnavailable, "the database cannot be opened: too many open files", {}, {}};
  }
  if (code == SQLITE_CANTOPEN) {
    return {ErrorCode::kInvalid, "the database file cannot be opened", {}, {}};
  }
  return {ErrorCode::kInternal, "the disk of the database failed", {}, {}};
}

Error from_code(int code, int error_number) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {ErrorCode::kStorageFull, "the disk of the database is full", {}, {}};
    case SQLITE_READONLY:
      return {ErrorCode::kStorageFull, "the database is read-only", {}, {}};
    case SQLITE_PERM:
      return io_error(SQLITE_CANTOPEN, EACCES);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kUnavailable, "the database is locked by another process; try again", {}, {}};
    case SQLITE_INTERRUPT:
      return {ErrorCode::kCancelled, "stopped", {}, {}};
    case SQLITE_CORRUPT:
      return {ErrorCode::kDamaged, "the database file is damaged", {}, {}};
    case SQLITE_NOTADB:
      return {ErrorCode::kInvalid, "the file is not a database", {}, {}};
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      return io_error(code & 0xff, error_number);
    case SQLITE_NOMEM:
      return {ErrorCode::kUnavailable, "the database is out of memory; try again", {}, {}};
    case SQLITE_TOOBIG:
      return {ErrorCode::kTooLarge, "a value is too large for the database", {}, {}};
    default:
      return {ErrorCode::kInternal, "the database returned an error", {}, {}};
  }
}

}  // namespace

Error sqlite_error(sqlite3* db, int code, std::string what) {
  const bool from_system = (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR;
  const int error_number = db != nullptr && from_system ? sqlite3_system_errno(db) : 0;
  Error error = from_code(code, error_number);
  error.detail = std::move(what) + ": " + sqlite3_errstr(code) + " (" + std::to_string(code) + ")";
  if (db != nullptr && sqlite3_extended_errcode(db) == code)
    error.detail += std::string(": ") + sqlite3_errmsg(db);
  if (error_number != 0) error.detail += ": " + std::generic_category().message(error_number);
  return error;
}

}  // namespace fit::sql
