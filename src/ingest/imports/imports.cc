#include "ingest/imports/imports.h"

#include <algorithm>
#include <limits>

#include "jobs/add_jobs.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

// A killed server consumes an attempt; an import reads its file again and recognises what is stored.
constexpr std::int64_t kImportAttempts = 20;

constexpr std::string_view kImportColumns =
    "SELECT id, state, file_name, blob, size_bytes, format, settings, progress, report, error, job_id, "
    "wants_stop, created_by, created_at, started_at, ended_at FROM imports ";

SqlValue ticks_or_none(const std::optional<Timestamp>& time) {
  return time ? SqlValue(sql::ticks(*time)) : SqlValue();
}

ImportState state_of(std::string_view name) {
  const auto* const found = std::ranges::find(kImportStateNames, name);
  return found == kImportStateNames.end() ? ImportState::kFailed
                                          : static_cast<ImportState>(found - kImportStateNames.begin());
}

ImportRecord import_of(const SqlRow& row) {
  ImportRecord import;
  import.id = {row.integer(0)};
  import.state = state_of(row.text(1));
  import.file_name = row.text(2);
  import.blob = row.text(3);
  import.size_bytes = row.integer(4);
  import.format = parse_stored_format(row.text(5));
  import.settings = parse_import_settings(row.text(6));
  import.counts = parse_import_counts(row.text(7));
  import.findings = parse_import_findings(row.text(8));
  import.error = row.text(9);
  if (!row.is_null(10)) import.job = jobs::JobId{row.integer(10)};
  import.wants_stop = row.integer(11) != 0;
  import.created_by = row.text(12);
  import.created_at = sql::time_at(row, 13);
  import.started_at = sql::optional_time_at(row, 14);
  import.ended_at = sql::optional_time_at(row, 15);
  return import;
}

Result<std::vector<ImportRecord>> read_imports(SqlConnection& connection, std::string_view condition,
                                               std::initializer_list<SqlValue> values) {
  std::vector<ImportRecord> imports;
  FIT_CHECK(connection.query(std::string(kImportColumns) + std::string(condition), values,
                             [&imports](const SqlRow& row) { imports.push_back(import_of(row)); }));
  return imports;
}

Result<ImportRecord> read_import(SqlConnection& connection, ImportId id) {
  FIT_TRY(auto found, read_imports(connection, "WHERE id = $1", {id.value}));
  if (found.empty()) return not_found("there is no import " + id.str());
  return std::move(found.front());
}

// Keeps other transactions from changing the import until the end of this one.
Result<ImportRecord> lock_import(SqlConnection& connection, ImportId id) {
  FIT_CHECK(connection.execute("UPDATE imports SET wants_stop = wants_stop WHERE id = $1", {id.value}));
  return read_import(connection, id);
}

Result<void> update_import(SqlConnection& connection, const ImportRecord& import) {
  const std::string settings = settings_json(import.settings);
  const std::string progress = counts_json(import.counts);
  const std::string report = findings_json(import.findings);
  const SqlValue job = import.job ? SqlValue(import.job->value) : SqlValue();
  FIT_CHECK(connection.execute(
      "UPDATE imports SET state = $1, blob = $2, settings = $3, progress = $4, report = $5, error = $6, "
      "job_id = $7, wants_stop = $8, started_at = $9, ended_at = $10 WHERE id = $11",
      {to_string(import.state), import.blob, settings, progress, report, import.error, job,
       std::int64_t{import.wants_stop ? 1 : 0}, ticks_or_none(import.started_at),
       ticks_or_none(import.ended_at), import.id.value}));
  return {};
}

Error wrong_state(const ImportRecord& import, std::string_view wanted) {
  return {ErrorCode::kConflict,
          "the import is in the state \"" + std::string(to_string(import.state)) + "\"; it cannot be " +
              std::string(wanted),
          "state",
          {}};
}

Result<void> add_import_job(SqlConnection& connection, ImportRecord& import) {
  FIT_TRY(const jobs::AddedJob job,
          jobs::add_job(connection, {.kind = std::string(kImportJob),
                                     .payload = dump_json({{"import", import.id.str()}}),
                                     .submitter = import.created_by,
                                     .max_attempts = kImportAttempts}));
  import.job = job.id;  // a job of before that has not ended yet finds that it is another one
  import.wants_stop = false;
  import.error.clear();
  import.ended_at = std::nullopt;
  return {};
}

StoredReject reject_of(const SqlRow& row) {
  StoredReject reject;
  reject.number = row.integer(0);
  reject.line = row.integer(1);
  reject.external_id = row.text(2);
  reject.title = row.text(3);
  reject.field = row.text(4);
  reject.value = row.text(5);
  reject.reason = row.text(6);
  reject.text = row.text(7);
  return reject;
}

}  // namespace

Result<ImportRecord> Imports::add(const ImportRecord& import) {
  const std::string settings = settings_json(import.settings);
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<ImportRecord> {
    FIT_TRY(
        const auto id,
        connection.query_integer(
            "INSERT INTO imports (state, file_name, blob, size_bytes, format, settings, progress, report, "
            "error, wants_stop, created_by, created_at) VALUES ('ready', $1, $2, $3, $4, $5, '{}', '{}', "
            "'', 0, $6, $7) RETURNING id",
            {import.file_name, import.blob, import.size_bytes, to_string(import.format), settings,
             import.created_by, sql::ticks(import.created_at)}));
    return read_import(connection, ImportId{id.value_or(0)});
  });
}

Result<ImportRecord> Imports::get(ImportId id) {
  return database_->read([id](SqlConnection& connection) { return read_import(connection, id); });
}

Result<std::vector<ImportRecord>> Imports::list(std::int64_t before, std::size_t limit) {
  return database_->read([=](SqlConnection& connection) {
    const std::int64_t end = before == 0 ? std::numeric_limits<std::int64_t>::max() : before;
    return read_imports(connection, "WHERE id < $1 ORDER BY id DESC LIMIT $2", {end, sql::sql_limit(limit)});
  });
}

Result<ImportRecord> Imports::change(ImportId id, const Change& change) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<ImportRecord> {
    FIT_TRY(ImportRecord import, lock_import(connection, id));
    FIT_CHECK(change(connection, import));
    FIT_CHECK(update_import(connection, import));
    return import;
  });
}

Result<void> Imports::remove(ImportId id) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const ImportRecord import, lock_import(connection, id));
    if (is_at_work(import.state)) return wrong_state(import, "removed");
    FIT_CHECK(connection.execute("DELETE FROM imports WHERE id = $1", {id.value}));
    return {};
  });
}

Result<ImportRecord> Imports::set_settings(ImportId id, const ImportSettings& settings) {
  return change(id, [&](SqlConnection&, ImportRecord& import) -> Result<void> {
    if (is_at_work(import.state) || import.state == ImportState::kUndone)
      return wrong_state(import, "read in another way");
    import.settings = settings;
    return {};
  });
}

Result<ImportRecord> Imports::start(ImportId id) {
  return change(id, [](SqlConnection& connection, ImportRecord& import) -> Result<void> {
    const ImportState state = import.state;
    if (state != ImportState::kReady && state != ImportState::kStopped && state != ImportState::kFailed)
      return wrong_state(import, "started");
    if (import.blob.empty()) return invalid("file", "is no longer stored; upload it again");
    FIT_CHECK(add_import_job(connection, import));
    import.state = ImportState::kWaiting;
    import.started_at = now();
    return {};
  });
}

Result<ImportRecord> Imports::undo(ImportId id) {
  return change(id, [](SqlConnection& connection, ImportRecord& import) -> Result<void> {
    const ImportState state = import.state;
    if (state != ImportState::kDone && state != ImportState::kStopped && state != ImportState::kFailed)
      return wrong_state(import, "undone");
    if (import.blob.empty()) return invalid("id", "what the import has changed is no longer known");
    FIT_CHECK(add_import_job(connection, import));
    import.state = ImportState::kUndoing;
    return {};
  });
}

Result<ImportRecord> Imports::request_stop(ImportId id) {
  return change(id, [](SqlConnection&, ImportRecord& import) -> Result<void> {
    if (import.state != ImportState::kWaiting && import.state != ImportState::kRunning)
      return wrong_state(import, "stopped");
    import.wants_stop = true;
    return {};
  });
}

Result<void> Imports::clear_rejects(ImportId id) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute("DELETE FROM import_rejects WHERE import_id = $1", {id.value}));
    return {};
  });
}

Result<void> Imports::add_rejects(ImportId id, std::span<const StoredReject> rejects) {
  if (rejects.empty()) return {};
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const auto last,
            connection.query_integer(
                "SELECT COALESCE(MAX(number), 0) FROM import_rejects WHERE import_id = $1", {id.value}));
    std::int64_t number = last.value_or(0);
    for (const StoredReject& reject : rejects) {
      FIT_CHECK(connection.execute(
          "INSERT INTO import_rejects (import_id, number, line, external_id, title, field, value, reason, "
          "row_text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
          {id.value, ++number, reject.line, reject.external_id, reject.title, reject.field, reject.value,
           reject.reason, reject.text}));
    }
    return {};
  });
}

Result<std::vector<StoredReject>> Imports::rejects(ImportId id, std::int64_t after, std::size_t limit) {
  return database_->read([=](SqlConnection& connection) -> Result<std::vector<StoredReject>> {
    std::vector<StoredReject> rejects;
    FIT_CHECK(connection.query(
        "SELECT number, line, external_id, title, field, value, reason, row_text FROM import_rejects WHERE "
        "import_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        {id.value, after, sql::sql_limit(limit)},
        [&rejects](const SqlRow& row) { rejects.push_back(reject_of(row)); }));
    return rejects;
  });
}

Result<std::vector<ImportRecord>> Imports::outdated(Timestamp unstarted, Timestamp ended, std::size_t limit) {
  return database_->read([=](SqlConnection& connection) {
    return read_imports(connection,
                        "WHERE (state = 'ready' AND created_at < $1) OR (blob <> '' AND ended_at < $2 AND "
                        "state IN ('done', 'stopped', 'failed', 'undone')) ORDER BY id LIMIT $3",
                        {sql::ticks(unstarted), sql::ticks(ended), sql::sql_limit(limit)});
  });
}

Result<void> Imports::forget_file(ImportId id) {
  const auto forgotten = change(id, [](SqlConnection& connection, ImportRecord& import) -> Result<void> {
    if (is_at_work(import.state)) return wrong_state(import, "forgotten");
    import.blob.clear();
    FIT_CHECK(connection.execute("DELETE FROM import_changes WHERE import_id = $1", {import.id.value}));
    FIT_CHECK(connection.execute("UPDATE import_rejects SET row_text = '' WHERE import_id = $1",
                                 {import.id.value}));
    return {};
  });
  if (!forgotten) return forgotten.error();
  return {};
}

Result<bool> Imports::has_blob(std::string_view blob) {
  return database_->read([blob](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const auto found,
            connection.query_integer("SELECT id FROM imports WHERE blob = $1 LIMIT 1", {blob}));
    return found.has_value();
  });
}

}  // namespace fit::ingest
