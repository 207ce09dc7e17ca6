#include "store/sqlite_backup.h"

#include <sqlite3.h>

#include <array>

#include "base/files.h"
#include "base/format.h"
#include "sql/sqlite_connection.h"
#include "sql/sqlite_error.h"
#include "store/sqlite_file.h"

namespace fit::store {
namespace {

constexpr std::string_view kFile = "fit.db";
constexpr int kPagesAStep = 1024;
constexpr int kBusyMilliseconds = 10'000;
constexpr std::array<std::string_view, 5> kTables = {"items", "images", "vectors", "spaces", "item_changes"};

Result<SqliteFile> open_file(const std::filesystem::path& path, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteFile db(raw);
  if (code != SQLITE_OK) return sql::sqlite_error(db.get(), code, "open " + path.string());
  sqlite3_extended_result_codes(db.get(), 1);
  sqlite3_busy_timeout(db.get(), kBusyMilliseconds);
  return db;
}

Result<void> run(sqlite3* db, const char* sql) {
  const int code = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sql::sqlite_error(db, code, sql);
  return {};
}

Result<DumpInfo> describe(sqlite3* db) {
  DumpInfo info{.engine = "sqlite", .store_id = {}, .tables = {}};
  FIT_TRY(info.store_id, read_text(db, "SELECT value FROM store_meta WHERE name = 'store_id'"));
  FIT_TRY(info.position, read_integer(db, "SELECT value FROM counters WHERE name = 'position'"));
  FIT_TRY(info.schema_version, schema_version(db));
  for (const std::string_view table : kTables) {
    FIT_TRY(const std::int64_t rows, read_integer(db, fit::format("SELECT COUNT(*) FROM {}", table)));
    info.tables.push_back({.name = std::string(table), .rows = rows, .checksum = {}});
  }
  return info;
}

// Copies the pages as the source's read transaction sees them. Writers of the source are not blocked.
Result<void> copy_pages(sqlite3* from, sqlite3* to, const DumpOptions& options, const std::stop_token& stop) {
  struct Finish {
    void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
  };
  std::unique_ptr<sqlite3_backup, Finish> backup(sqlite3_backup_init(to, "main", from, "main"));
  if (!backup) return sql::sqlite_error(to, sqlite3_errcode(to), "backup");
  for (int code = SQLITE_OK; code != SQLITE_DONE;) {
    if (stop.stop_requested()) return cancelled("stopped; nothing of the backup is kept");
    code = sqlite3_backup_step(backup.get(), kPagesAStep);
    if (code != SQLITE_OK && code != SQLITE_DONE) return sql::sqlite_error(to, code, "backup");
    const int total = sqlite3_backup_pagecount(backup.get());
    options.progress(total - sqlite3_backup_remaining(backup.get()), total);
  }
  const int code = sqlite3_backup_finish(backup.release());
  if (code != SQLITE_OK) return sql::sqlite_error(to, code, "backup");
  return {};
}

}  // namespace

Result<DumpInfo> dump_sqlite(const std::filesystem::path& database, const std::filesystem::path& folder,
                             const DumpOptions& options, const std::stop_token& stop) {
  if (!std::filesystem::exists(database)) {
    return not_found(fit::format("there is no catalogue at {}", database.string()));
  }
  // Checks that the file is a catalogue, and recovers the log that a crash may have left.
  FIT_CHECK(sql::open_sqlite({.path = database}));
  FIT_TRY(const SqliteFile from, open_file(database, SQLITE_OPEN_READWRITE));
  const std::filesystem::path file = folder / kFile;
  DumpInfo info;
  {
    FIT_TRY(const SqliteFile to, open_file(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    FIT_CHECK(run(from.get(), "BEGIN"));
    FIT_TRY(info, describe(from.get()));
    FIT_CHECK(copy_pages(from.get(), to.get(), options, stop));
    FIT_CHECK(run(from.get(), "COMMIT"));
  }
  FIT_CHECK(sync_path(file));
  FIT_CHECK(sync_path(folder));
  return info;
}

Result<std::int64_t> copy_sqlite(const std::filesystem::path& database, const std::filesystem::path& to,
                                 const std::stop_token& stop) {
  FIT_TRY(const SqliteFile from, open_file(database, SQLITE_OPEN_READWRITE));
  std::int64_t version = 0;
  {
    FIT_TRY(const SqliteFile copy, open_file(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    FIT_CHECK(run(from.get(), "BEGIN"));
    FIT_TRY(version, schema_version(from.get()));
    FIT_CHECK(copy_pages(from.get(), copy.get(), {}, stop));
    FIT_CHECK(run(from.get(), "COMMIT"));
  }
  FIT_CHECK(sync_path(to));
  return version;
}

Result<void> restore_sqlite(const std::filesystem::path& database, const std::filesystem::path& folder,
                            const DumpInfo& info, const std::stop_token& stop) {
  if (std::filesystem::exists(database) || std::filesystem::exists(database.string() + "-wal")) {
    return Error{ErrorCode::kConflict,
                 fit::format("there is a catalogue at {}: restore to another place, or move it away",
                             database.string()),
                 {},
                 {}};
  }
  if (stop.stop_requested()) return cancelled("stopped; nothing was restored");
  FIT_CHECK(make_dirs(std::filesystem::absolute(database).parent_path()));
  const std::filesystem::path making = database.string() + ".restoring";
  std::error_code error;
  std::filesystem::copy_file(folder / kFile, making, std::filesystem::copy_options::overwrite_existing,
                             error);
  if (error) {
    std::filesystem::remove(making, error);
    return Error{ErrorCode::kStorageFull, "the dump cannot be copied to its place", {}, error.message()};
  }
  const auto prepare = [&]() -> Result<void> {
    FIT_TRY(const SqliteFile db, open_file(making, SQLITE_OPEN_READWRITE));
    FIT_TRY(const DumpInfo found, describe(db.get()));
    if (found.tables != info.tables || found.position != info.position) {
      return malformed("backup", "the database in it is not the one that its manifest describes");
    }
    return run(db.get(), "DELETE FROM store_meta WHERE name = 'store_id'");
  };
  Result<void> done = prepare();
  if (done) done = sync_path(making);
  if (done) {
    std::filesystem::rename(making, database, error);
    if (error) done = internal("the restored file cannot be renamed", error.message());
  }
  if (!done) {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(making.string() + suffix, error);
    return done;
  }
  return sync_path(std::filesystem::absolute(database).parent_path());
}

}  // namespace fit::store
