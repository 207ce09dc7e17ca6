#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "ingest/imports/import_record.h"
#include "jobs/job.h"
#include "sql/database.h"

namespace fit::ingest {

// The kind of the jobs that import files and undo imports.
inline constexpr std::string_view kImportJob = "import";

// The tables of imports, except that of what they have changed (import_journal.h). Thread-safe; calls block.
// Writes are durable when a call returns. Errors besides those named: as for sql::Database. Borrows the
// database; copies are cheap.
class Imports {
 public:
  explicit Imports(sql::Database& database) : database_(&database) {}

  // Stores an import in the state kReady.
  Result<ImportRecord> add(const ImportRecord& import);
  // kNotFound.
  Result<ImportRecord> get(ImportId id);
  // The latest first, with smaller ids than `before` (0: all).
  Result<std::vector<ImportRecord>> list(std::int64_t before, std::size_t limit);
  // Removes an import with its rejects and changes; its items stay. kNotFound; kConflict while it is at work.
  Result<void> remove(ImportId id);

  // Sets how the file is to be read. kNotFound; kConflict when the import is at work or was undone.
  Result<ImportRecord> set_settings(ImportId id, const ImportSettings& settings);
  // Adds the job of the import, which waits then; also of one that was stopped or has failed, which goes on.
  // kNotFound; kConflict in other states; kInvalid when the file is removed.
  Result<ImportRecord> start(ImportId id);
  // Adds the job that undoes the import. kNotFound; kConflict when it is at work, was not started, or is
  // undone.
  Result<ImportRecord> undo(ImportId id);
  // Notes that a person wants the import to stop. The caller cancels its job. kNotFound; kConflict unless it
  // waits or runs.
  Result<ImportRecord> request_stop(ImportId id);

  // Changes an import in a transaction, while no other changes it. kNotFound; the errors of `change`, after
  // which nothing is changed.
  using Change = std::function<Result<void>(sql::SqlConnection& connection, ImportRecord& import)>;
  Result<ImportRecord> change(ImportId id, const Change& change);

  // Begins a run: removes the rejects of the one before.
  Result<void> clear_rejects(ImportId id);
  // Adds rejected rows; their numbers go on after those that are stored.
  Result<void> add_rejects(ImportId id, std::span<const StoredReject> rejects);
  // The rejected rows with numbers above `after`, in order.
  Result<std::vector<StoredReject>> rejects(ImportId id, std::int64_t after, std::size_t limit);

  // The imports that were not started since before `unstarted`, and those that have ended before `ended` and
  // still have their file.
  Result<std::vector<ImportRecord>> outdated(Timestamp unstarted, Timestamp ended, std::size_t limit);
  // Forgets the file of an import and what it has changed, so that it cannot be undone any more.
  Result<void> forget_file(ImportId id);
  // Whether an import names the file.
  Result<bool> has_blob(std::string_view blob);

 private:
  sql::Database* database_;
};

}  // namespace fit::ingest
