#include "store/sqlite_file.h"

#include "sql/sqlite_error.h"

namespace fit::store {

Result<std::string> read_text(sqlite3* db, const std::string& sql) {
  std::string text;
  const int code = sqlite3_exec(
      db, sql.c_str(),
      [](void* to, int columns, char** values, char**) {
        if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(to) = values[0];
        return 0;
      },
      &text, nullptr);
  if (code != SQLITE_OK) return sql::sqlite_error(db, code, sql);
  return text;
}

Result<std::int64_t> read_integer(sqlite3* db, const std::string& sql) {
  FIT_TRY(const std::string text, read_text(db, sql));
  return text.empty() ? 0 : std::stoll(text);
}

Result<std::int64_t> schema_version(sqlite3* db) {
  return read_integer(db, "SELECT MAX(version) FROM schema_migrations");
}

}  // namespace fit::store
