#include "store/sqlite_snapshot.h"

#include <sqlite3.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/format.h"
#include "base/scope_exit.h"
#include "sql/sqlite_error.h"
#include "store/sqlite_backup.h"
#include "store/sqlite_file.h"
#include "store/words/sqlite_word_score.h"

namespace fit::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSnapshotMark = ".schema-";
constexpr std::string_view kUnfinishedSnapshot = ".tmp";

struct Snapshot {
  std::int64_t version = 0;
  fs::path path;
};

fs::path snapshot_path(const fs::path& database, std::int64_t version) {
  return fit::format("{}{}{}", database.string(), kSnapshotMark, version);
}

// The version in the name of a snapshot; nullopt for other files.
std::optional<std::int64_t> version_of(const fs::path& database, const fs::path& file) {
  const std::string begin = database.filename().string() + std::string(kSnapshotMark);
  const std::string name = file.filename().string();
  if (!name.starts_with(begin)) return std::nullopt;
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(name.data() + begin.size(), name.data() + name.size(), version);
  return error == std::errc{} && end == name.data() + name.size() ? std::optional(version) : std::nullopt;
}

std::vector<Snapshot> snapshots_of(const fs::path& database) {
  std::vector<Snapshot> found;
  std::error_code error;
  for (fs::directory_iterator at(fs::absolute(database).parent_path(), error), end; !error && at != end;
       at.increment(error)) {
    if (const auto version = version_of(database, at->path())) found.push_back({*version, at->path()});
  }
  return found;
}

void remove_with_log(const fs::path& file) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(file.string() + suffix, ignored);
}

// Copies the database of this version beside it. Nothing when another process has changed the schema since.
Result<void> take_snapshot(const fs::path& database, std::int64_t version) {
  const fs::path path = snapshot_path(database, version);
  const fs::path making = fit::format("{}.{}{}", path.string(), ::getpid(), kUnfinishedSnapshot);
  const ScopeExit removed([&making] { remove_with_log(making); });
  remove_with_log(making);
  auto copied = copy_sqlite(database, making, {});
  if (!copied) {
    copied.error().message +=
        ", at the copy of the database before its schema changes; `fit migrate --no-snapshot` makes none";
    return copied.error();
  }
  if (*copied != version) return {};
  std::error_code error;
  fs::rename(making, path, error);
  if (error) return internal(fit::format("{} cannot be renamed", making.string()), error.message());
  return sync_path(fs::absolute(database).parent_path());
}

Result<SqliteFile> open_existing(const fs::path& path) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteFile db(raw);
  if (code != SQLITE_OK) return sql::sqlite_error(db.get(), code, "open " + path.string());
  // The check of a catalogue reads its index of words.
  if (const int added = add_word_functions(db.get()); added != SQLITE_OK) {
    return sql::sqlite_error(db.get(), added, "add the functions for words");
  }
  return db;
}

// Ends the write-ahead log, so that the file alone is the database. Only the last user of a database can.
Result<void> end_log(sqlite3* db, const fs::path& path) {
  const auto mode = read_text(db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE");
  if (mode && *mode == "delete") return {};
  return Error{ErrorCode::kConflict,
               fit::format("{} is in use: stop servers, workers and other commands first", path.string()),
               {},
               mode ? *mode : mode.error().describe()};
}

// Checks the snapshot, and gives it a new identity.
Result<void> prepare_snapshot(const Snapshot& snapshot) {
  FIT_TRY(const SqliteFile db, open_existing(snapshot.path));
  FIT_TRY(const std::string checked, read_text(db.get(), "PRAGMA quick_check(1)"));
  FIT_TRY(const std::int64_t version, schema_version(db.get()));
  if (checked != "ok" || version != snapshot.version) {
    return Error{
        ErrorCode::kDamaged, fit::format("the snapshot {} is damaged", snapshot.path.string()), {}, checked};
  }
  FIT_CHECK(read_text(db.get(), "DELETE FROM store_meta WHERE name = 'store_id'"));
  return end_log(db.get(), snapshot.path);
}

}  // namespace

Result<void> migrate_with_snapshot(const fs::path& database, sql::SqlConnection& connection,
                                   const sql::Schema& schema) {
  FIT_TRY(const std::size_t applied, sql::applied_count(connection, schema));
  if (applied == schema.migrations.size() || applied == 0) return sql::migrate(connection, schema);
  const auto version = static_cast<std::int64_t>(applied);
  FIT_CHECK(take_snapshot(database, version));
  FIT_CHECK(sql::migrate(connection, schema));
  for (const Snapshot& other : snapshots_of(database)) {
    if (other.version != version) remove_with_log(other.path);
  }
  return {};
}

Result<Rollback> roll_back_sqlite(const fs::path& database) {
  if (!fs::exists(database)) return not_found(fit::format("there is no catalogue at {}", database.string()));
  FIT_TRY(const SqliteFile db, open_existing(database));
  FIT_TRY(const std::int64_t from, schema_version(db.get()));
  std::optional<Snapshot> latest;
  for (const Snapshot& one : snapshots_of(database)) {
    if (one.version < from && (!latest || one.version > latest->version)) latest = one;
  }
  if (!latest) {
    return not_found(
        fit::format("there is no snapshot of a schema before version {} beside {}", from, database.string()));
  }
  FIT_CHECK(end_log(db.get(), database));
  FIT_CHECK(prepare_snapshot(*latest));
  FIT_CHECK(sync_path(latest->path));
  Rollback done{.from = from, .to = latest->version, .kept = database.string() + ".rolled-back"};
  // A second name for the database, and then the snapshot under the first: there is a database all the time.
  remove_with_log(done.kept);
  std::error_code error;
  fs::create_hard_link(database, done.kept, error);
  if (!error) fs::rename(latest->path, database, error);
  if (error) return internal(fit::format("{} cannot be replaced", database.string()), error.message());
  FIT_CHECK(sync_path(fs::absolute(database).parent_path()));
  return done;
}

}  // namespace fit::store
