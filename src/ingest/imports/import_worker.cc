#include "ingest/imports/import_worker.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "base/json_reader.h"
#include "ingest/assets/local_file.h"
#include "ingest/imports/import_journal.h"

namespace fit::ingest {
namespace {

constexpr std::chrono::milliseconds kProgressPeriod{500};
constexpr std::size_t kUndoneAtOnce = 100;

Result<ImportId> import_id_of(const jobs::Job& job) {
  FIT_TRY(const Json payload, parse_json("payload", job.payload));
  JsonReader reader(payload);
  const std::string text = reader.text("import");
  FIT_CHECK(reader.finish());
  FIT_TRY(const std::int64_t id, parse_id("import", text));
  return ImportId{id};
}

// One run of an import: what it rejects and how far it is, stored about twice a second.
class ImportRun {
 public:
  ImportRun(sql::Database& database, const ImportRecord& import, ImportJournal& journal,
            ImportJournal::Written before)
      : imports_(database), id_(import.id), journal_(journal), before_(before) {}

  // Called with one rejected row at a time.
  void note(const Reject& reject, const std::string& row) {
    const std::lock_guard lock(mutex_);
    if (++rejected_ > static_cast<std::int64_t>(ImportWorker::kMaxStoredRejects)) return;
    StoredReject& stored = waiting_.emplace_back();
    static_cast<Reject&>(stored) = reject;
    stored.text = row;
  }

  void tick(std::int64_t done, std::int64_t total) {
    const auto time = std::chrono::steady_clock::now();
    if (time < next_) return;
    next_ = time + kProgressPeriod;
    // What cannot be stored now is stored by a later tick, or by the end, which returns the error.
    if (flush())
      (void)imports_.change(id_, [&](sql::SqlConnection&, ImportRecord& import) -> Result<void> {
        import.counts = counts(done, total);
        return {};
      });
  }

  // Stores the rejected rows that wait.
  Result<void> flush() {
    std::vector<StoredReject> rejects;
    {
      const std::lock_guard lock(mutex_);
      rejects = waiting_;
    }
    FIT_CHECK(imports_.add_rejects(id_, rejects));
    const std::lock_guard lock(mutex_);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(rejects.size()));
    return {};
  }

  ImportCounts counts(std::int64_t done, std::int64_t total) {
    const ImportJournal::Written added = journal_.added();
    ImportCounts counts{.done = done,
                        .total = total,
                        .created = before_.created + added.created,
                        .updated = before_.updated + added.updated};
    {
      const std::lock_guard lock(mutex_);
      counts.rejected = rejected_;
    }
    const std::int64_t others = counts.created + counts.updated + counts.rejected;
    counts.unchanged = std::max<std::int64_t>(0, done - others);
    return counts;
  }

 private:
  Imports imports_;
  const ImportId id_;
  ImportJournal& journal_;
  const ImportJournal::Written before_;
  std::chrono::steady_clock::time_point next_;  // of the thread that calls tick()
  std::mutex mutex_;
  std::vector<StoredReject> waiting_;
  std::int64_t rejected_ = 0;
};

// The numbers at the end of a run. What was written is counted by the journal's entries, so that the items of
// an attempt that was killed count too.
ImportCounts final_counts(const ImportReport& report, const ImportJournal::Written& written) {
  ImportCounts counts{.done = report.stored() + report.rejected,
                      .created = written.created,
                      .updated = written.updated,
                      .rejected = report.rejected,
                      .warnings = report.warnings,
                      .kept = report.kept};
  counts.total = counts.done;
  counts.unchanged = std::max<std::int64_t>(0, report.stored() - written.created - written.updated);
  return counts;
}

std::string told(const Error& error) {
  return error.field.empty() ? error.message : error.field + ": " + error.message;
}

}  // namespace

ImportOptions import_options(const ImportRecord& import) {
  ImportOptions options;
  options.format = import.format;
  options.shape = import.settings.shape;
  options.mapping = import.settings.mapping;
  options.source = import.settings.source;
  options.overwrite = import.settings.overwrite;
  options.ignore_unknown_columns = true;
  return options;
}

jobs::Handler ImportWorker::handler() {
  return {.kind = std::string(kImportJob),
          .run = [this](const jobs::Job& job, const std::stop_token& stop) { return run(job, stop); },
          .concurrency = 1};
}

Result<void> ImportWorker::run(const jobs::Job& job, const std::stop_token& stop) {
  FIT_TRY(const ImportId id, import_id_of(job));
  Imports imports(parts_.database);
  const auto import = imports.get(id);
  if (!import && import.error().code == ErrorCode::kNotFound) return {};
  if (!import) return import.error();
  if (!is_at_work(import->state) || import->job != job.id) return {};
  auto done = import->state == ImportState::kUndoing ? undo(*import, stop) : import_file(*import, stop);
  if (done) return {};
  const bool is_cancelled = done.error().code == ErrorCode::kCancelled;
  const bool is_final = jobs::error_class_of(done.error()) == jobs::ErrorClass::kBadInput ||
                        done.error().code == ErrorCode::kDamaged || job.attempt >= job.max_attempts;
  const auto noted = imports.change(id, [&](sql::SqlConnection&, ImportRecord& stored) -> Result<void> {
    if (!is_cancelled) stored.error = told(done.error());
    if (is_cancelled && stored.wants_stop) stored.state = ImportState::kStopped;
    if (!is_cancelled && is_final) stored.state = ImportState::kFailed;
    if (!is_at_work(stored.state)) stored.ended_at = now();
    return {};
  });
  if (!noted) return noted.error();
  if (!is_cancelled)
    parts_.log.warning("an import has failed", {{"import", id.str()}, {"reason", done.error().describe()}});
  return is_final && !is_cancelled ? Result<void>() : std::move(done);
}

Result<void> ImportWorker::import_file(const ImportRecord& import, const std::stop_token& stop) {
  FIT_TRY(const LocalFile file, LocalFile::open(*parts_.files, import.blob, options_.scratch));
  const CatalogLease lease = parts_.catalog();
  catalog::ItemWriter& writer = lease.catalog.writer();
  Imports imports(parts_.database);
  ImportJournal journal(parts_.database, import.id);
  FIT_TRY(const auto before, journal.count());
  FIT_CHECK(imports.clear_rejects(import.id));
  const auto begun = imports.change(import.id, [](sql::SqlConnection&, ImportRecord& stored) -> Result<void> {
    stored.state = ImportState::kRunning;
    stored.error.clear();
    return {};
  });
  if (!begun) return begun.error();

  ImportRun run(parts_.database, import, journal, before);
  ImportOptions options = import_options(import);
  options.threads = options_.threads;
  options.on_reject = [&run](const Reject& reject, const std::string& row) { run.note(reject, row); };
  options.write = [&](std::span<const domain::ItemWrite> items) { return journal.write(writer, items); };
  ImportReport report;
  auto imported = Importer(writer).run(
      file.path(), options, [&run](std::int64_t done, std::int64_t total) { run.tick(done, total); }, stop,
      report);
  FIT_CHECK(run.flush());
  FIT_TRY(const auto written, journal.count());
  const auto ended =
      imports.change(import.id, [&](sql::SqlConnection&, ImportRecord& stored) -> Result<void> {
        const std::int64_t total = stored.counts.total;
        stored.counts = final_counts(report, written);
        stored.findings = {.read_as = report.read_as, .remarks = report.remarks, .warned = report.warned};
        if (!imported) {
          stored.counts.total = std::max(total, stored.counts.done);
          return {};
        }
        stored.state = ImportState::kDone;
        stored.ended_at = now();
        return {};
      });
  if (!ended) return ended.error();
  return imported;
}

Result<void> ImportWorker::undo(const ImportRecord& import, const std::stop_token& stop) {
  const CatalogLease lease = parts_.catalog();
  ImportJournal journal(parts_.database, import.id);
  for (;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const std::size_t undone, journal.undo_some(lease.catalog.writer(), kUndoneAtOnce));
    if (undone == 0) break;
  }
  const auto ended = Imports(parts_.database)
                         .change(import.id, [](sql::SqlConnection&, ImportRecord& stored) -> Result<void> {
                           stored.state = ImportState::kUndone;
                           stored.ended_at = now();
                           return {};
                         });
  if (!ended) return ended.error();
  return {};
}

}  // namespace fit::ingest
