#include "store/backup.h"

#include "base/format.h"
#include "sql/database_url.h"
#include "store/postgres_backup.h"
#include "store/sqlite_backup.h"

namespace fit::store {
namespace {

template <class T>
Result<T> named(Result<T> done) {
  if (!done && done.error().field.empty() && done.error().code != ErrorCode::kCancelled) {
    done.error().field = sql::kDatabaseUrl;
  }
  return done;
}

}  // namespace

Result<DumpInfo> dump_database(const std::string& database_url, const std::filesystem::path& folder,
                               const DumpOptions& options, const std::stop_token& stop) {
  if (sql::is_postgres(database_url)) return named(dump_postgres(database_url, folder, options, stop));
  FIT_TRY(const auto path, sql::sqlite_path(database_url));
  return named(dump_sqlite(path, folder, options, stop));
}

Result<void> restore_database(const std::string& database_url, const std::filesystem::path& folder,
                              const DumpInfo& info, const DumpOptions& options, const std::stop_token& stop) {
  const std::string_view engine = sql::is_postgres(database_url) ? "postgresql" : "sqlite";
  if (info.engine != engine) {
    return malformed("backup",
                     fit::format("was made of a {} database, and DATABASE_URL names a {} one: restore it to "
                                 "its own kind, then use \"fit copy\"",
                                 info.engine, engine));
  }
  if (sql::is_postgres(database_url))
    return named(restore_postgres(database_url, folder, info, options, stop));
  FIT_TRY(const auto path, sql::sqlite_path(database_url));
  return named(restore_sqlite(path, folder, info, stop));
}

}  // namespace fit::store
