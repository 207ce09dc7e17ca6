#include "sql/sqlite_connection.h"

#include <sqlite3.h>

#include <charconv>
#include <thread>
#include <unordered_map>

#include "base/files.h"
#include "base/format.h"
#include "base/scope_exit.h"
#include "base/stopwatch.h"
#include "sql/sql_span.h"
#include "sql/sqlite_error.h"

namespace fit::sql {
namespace {

const SqlDialect kDialect = {.name = "sqlite",
                             .blob = "BLOB",
                             .identity = "INTEGER PRIMARY KEY AUTOINCREMENT",
                             .advance_identity = ""};
constexpr std::int64_t kApplicationId = 0x46695446;  // "FiTF": marks the file as ours

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

struct Prepared {
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement;
  std::vector<int> numbers;  // of SQLite's i-th parameter: 2 for "$2", which SQLite takes for a name
};

class Row final : public SqlRow {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view text(int column) const override {
    const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return start == nullptr ? std::string_view{} : std::string_view(start, size(column));
  }
  ByteView blob(int column) const override {
    const auto* start = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
    return {start, start == nullptr ? 0 : size(column)};
  }

 private:
  std::size_t size(int column) const {
    return static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  }

  sqlite3_stmt* statement_;
};

class SqliteConnection final : public SqlConnection {
 public:
  SqliteConnection(Database db, std::chrono::milliseconds busy_timeout)
      : db_(std::move(db)), busy_timeout_(busy_timeout) {}

  const SqlDialect& dialect() const override { return kDialect; }

  Result<void> query(std::string_view sql, std::span<const SqlValue> values, const Visitor& visit) override {
    const SqlSpan span(kDialect.name, sql);
    FIT_TRY(Prepared* const prepared, prepare(sql));
    sqlite3_stmt* const statement = prepared->statement.get();
    const ScopeExit reset([statement] {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    });
    FIT_CHECK(bind(*prepared, values, sql));
    const Row row(statement);
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) visit(row);
    if (code != SQLITE_DONE) return error(code, sql);
    return {};
  }

  Result<std::int64_t> execute(std::string_view sql, std::span<const SqlValue> values) override {
    FIT_CHECK(query(sql, values, [](const SqlRow&) {}));
    return sqlite3_changes64(db_.get());
  }

  Result<void> run_script(const std::string& sql) override {
    const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error(code, "script");
    return {};
  }

  Result<void> begin_read() override { return run("BEGIN"); }
  Result<void> begin_write(Ordering /*ordering*/) override { return run("BEGIN IMMEDIATE"); }
  Result<void> commit() override { return run("COMMIT"); }
  void rollback() noexcept override {
    // SQLite ends a transaction by itself after some errors.
    if (sqlite3_get_autocommit(db_.get()) == 0)
      sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }

  void stop_statements_on(std::stop_token stop) override {
    constexpr int kStepsBetweenLooks = 10'000;
    stop_ = std::move(stop);
    constexpr auto kIsStopped =
        +[](void* self) { return static_cast<SqliteConnection*>(self)->stop_.stop_requested() ? 1 : 0; };
    sqlite3_progress_handler(db_.get(), kStepsBetweenLooks, stop_.stop_possible() ? kIsStopped : nullptr,
                             this);
  }

  using SqlConnection::execute;
  using SqlConnection::query;

  // Applies the settings of a fresh session; the first one makes the file.
  Result<void> configure(const SqliteOptions& options);

 private:
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  Error error(int code, std::string_view what) const {
    return sqlite_error(db_.get(), code, std::string(what));
  }

  Result<void> run(std::string_view sql) {
    return query(sql, {}, [](const SqlRow&) {});
  }

  Result<Prepared*> prepare(std::string_view sql);
  Result<void> bind(const Prepared& prepared, std::span<const SqlValue> values, std::string_view sql) const;
  int bind_one(sqlite3_stmt* statement, int index, const SqlValue& value) const;
  static int wait_for_lock(void* self, int tries);
  Result<void> check_owner();
  Result<void> use_write_ahead_log();

  Database db_;
  std::chrono::milliseconds busy_timeout_;
  Stopwatch since_busy_;
  std::stop_token stop_;
  std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> statements_;
};

Result<Prepared*> SqliteConnection::prepare(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) return &known->second;

  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  Prepared prepared{.statement{statement}, .numbers{}};
  if (code != SQLITE_OK) return error(code, sql);
  for (int i = 1; i <= sqlite3_bind_parameter_count(statement); ++i) {
    const std::string_view name = sqlite3_bind_parameter_name(statement, i);
    int number = 0;
    std::from_chars(name.data() + 1, name.data() + name.size(), number);
    prepared.numbers.push_back(number);
  }
  return &statements_.emplace(sql, std::move(prepared)).first->second;
}

Result<void> SqliteConnection::bind(const Prepared& prepared, std::span<const SqlValue> values,
                                    std::string_view sql) const {
  for (std::size_t i = 0; i < prepared.numbers.size(); ++i) {
    const auto number = static_cast<std::size_t>(prepared.numbers[i]);
    if (number == 0 || number > values.size())
      return internal("a statement lacks a parameter", std::string(sql));
    const int code = bind_one(prepared.statement.get(), static_cast<int>(i) + 1, values[number - 1]);
    if (code != SQLITE_OK) return error(code, sql);
  }
  return {};
}

int SqliteConnection::bind_one(sqlite3_stmt* statement, int index, const SqlValue& value) const {
  struct Binder {
    sqlite3_stmt* statement;
    int index;

    int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, index, number); }
    int operator()(double number) const { return sqlite3_bind_double(statement, index, number); }
    int operator()(std::string_view text) const {
      return sqlite3_bind_text64(statement, index, text.empty() ? "" : text.data(), text.size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(ByteView bytes) const {
      if (bytes.empty()) return sqlite3_bind_zeroblob(statement, index, 0);
      return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_STATIC);
    }
  };
  return std::visit(Binder{statement, index}, value);
}

// Looks again every millisecond or two. SQLite's own handler soon sleeps for 100 ms at a time and so hardly
// ever meets the moment between two transactions of another process that writes without pause.
int SqliteConnection::wait_for_lock(void* self, int tries) {
  auto& connection = *static_cast<SqliteConnection*>(self);
  if (tries == 0) connection.since_busy_ = Stopwatch();
  if (connection.since_busy_.elapsed() >= connection.busy_timeout_) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(tries < 100 ? 1 : 2));
  return 1;
}

Result<void> SqliteConnection::configure(const SqliteOptions& options) {
  sqlite3_extended_result_codes(db_.get(), 1);
  sqlite3_busy_handler(db_.get(), &wait_for_lock, this);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  if (options.add_functions != nullptr) {
    if (const int code = options.add_functions(db_.get()); code != SQLITE_OK) return error(code, "functions");
  }
  if (sqlite3_db_readonly(db_.get(), "main") == 1) return error(SQLITE_READONLY, "open");

  // No mmap_size: with a mapped file, a failing disk would be a signal instead of an error.
  FIT_CHECK(run_script(fit::format("PRAGMA page_size={}; PRAGMA cache_size=-{};", options.page_size_bytes,
                                   options.cache_kib)));
  FIT_CHECK(check_owner());
  FIT_CHECK(use_write_ahead_log());
  // FULL: the log is on the disk before a commit returns. The log file is cut back after a large transaction.
  FIT_CHECK(
      run_script("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON;"
                 "PRAGMA journal_size_limit=67108864;"));
  if (options.query_only) FIT_CHECK(run_script("PRAGMA query_only=ON;"));
  return {};
}

// A SQLite file of another program must not get our tables. The owner is written before the first table and
// read after the count of tables, so that a process which starts at the same time is not taken for a
// stranger.
Result<void> SqliteConnection::check_owner() {
  FIT_TRY(const auto tables, query_integer("SELECT COUNT(*) FROM sqlite_schema", {}));
  FIT_TRY(const auto owner, query_integer("PRAGMA application_id", {}));
  if (owner == kApplicationId) return {};
  if (tables != 0 || owner != 0) {
    return Error{ErrorCode::kInvalid, "the file is another program's database", {}, {}};
  }
  return run_script(fit::format("PRAGMA application_id={};", kApplicationId));
}

// The change to write-ahead logging does not wait for other sessions by itself.
Result<void> SqliteConnection::use_write_ahead_log() {
  const auto give_up = std::chrono::steady_clock::now() + busy_timeout_;
  for (;;) {
    std::string mode;
    const auto changed =
        query("PRAGMA journal_mode=WAL", {}, [&mode](const SqlRow& row) { mode = row.text(0); });
    if (changed && mode == "wal") return {};
    if (changed)
      return internal("the database's disk does not allow a write-ahead log", "journal_mode " + mode);
    if (changed.error().code != ErrorCode::kUnavailable) return changed.error();
    if (std::chrono::steady_clock::now() >= give_up) return changed.error();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

const SqlDialect& sqlite_dialect() {
  return kDialect;
}

Result<std::unique_ptr<SqlConnection>> open_sqlite(const SqliteOptions& options) {
  const std::filesystem::path path = std::filesystem::absolute(options.path);
  FIT_CHECK(make_dirs(path.parent_path()));
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(raw);
  if (code != SQLITE_OK) return sqlite_error(db.get(), code, "open " + path.string());
  auto connection = std::make_unique<SqliteConnection>(std::move(db), options.busy_timeout);
  FIT_CHECK(connection->configure(options));
  return std::unique_ptr<SqlConnection>(std::move(connection));
}

}  // namespace fit::sql
