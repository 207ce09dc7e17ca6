#include "store/backup.h"

#include "store/database_url.h"
#include "store/sqlite_backup.h"

namespace fit::store {
namespace {

template <class T>
Result<T> named(Result<T> done) {
  if (!done && done.error().field.empty() && done.error().code != ErrorCode::kCancelled) {
    done.error().field = kDatabaseUrl;
  }
  return done;
}

}  // namespace

Result<DumpInfo> dump_database(const std::string& database_url, const std::filesystem::path& folder,
                               const DumpOptions& options, const std::atomic<bool>& stop) {
  FIT_TRY(const auto path, sqlite_path(database_url));
  return named(dump_sqlite(path, folder, options, stop));
}

Result<void> restore_database(const std::string& database_url, const std::filesystem::path& folder,
                              const DumpInfo& info, const DumpOptions& /*options*/,
                              const std::atomic<bool>& stop) {
  FIT_TRY(const auto path, sqlite_path(database_url));
  if (info.engine != "sqlite") {
    return malformed("backup", "was made of a PostgreSQL database: restore it to one, then \"fit copy\" it");
  }
  return named(restore_sqlite(path, folder, info, stop));
}

}  // namespace fit::store
