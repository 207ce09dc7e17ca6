#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/sources/source.h"
#include "ingest/sources/source_record.h"
#include "sql/database.h"

namespace fit::ingest {

// The name of a source that has none of its own: the host of its address without "www.", or the file's name.
std::string default_source_name(const SourceSettings& settings);

struct SourcesOptions {
  std::function<void()> on_added = {};    // quick and thread-safe; empty: nothing is called
  std::function<Timestamp()> clock = {};  // empty: now()
  std::function<double()> chance = {};    // from 0 to 1, for jitter; empty: random
};

// The tables of sources and of their runs. Thread-safe; calls block. Writes are durable when a call returns;
// those that add jobs call `on_added` afterwards. Errors besides those named: as for sql::Database. Borrows
// the database; copies are cheap.
class Sources {
 public:
  using Options = SourcesOptions;
  explicit Sources(sql::Database& database, Options options = {});

  // Adds a source. One with an interval runs at once, one with times at the next of them. kInvalid naming the
  // field; kConflict naming "name" when there is one of the name.
  Result<SourceRecord> add(const SourceSpec& spec, std::string_view created_by);
  // kNotFound.
  Result<SourceRecord> get(SourceId id);
  // nullopt when there is none of this name.
  Result<std::optional<SourceRecord>> find(std::string_view name);
  Result<std::vector<SourceRecord>> list();

  // Changes a source. `change` gets what is set now and returns what is wanted, or an error. Another kind or
  // name is kConflict. Another address or other settings begin a new sweep. kNotFound; kInvalid naming the
  // field.
  using SpecChange = std::function<Result<SourceSpec>(const SourceSpec& present)>;
  Result<SourceRecord> change(SourceId id, const SpecChange& change);

  // Removes a source with its runs. Its items stay. kNotFound.
  Result<void> remove(SourceId id);

  // Begins a run. kNotFound; kConflict when one is in progress; kInvalid for a source of the kind kPush, and
  // for one that is paused by a person only if the cause is "schedule".
  Result<RunRecord> start(SourceId id);
  // Ends the run in progress where it is; its listings that wait are written by the next run. The caller
  // cancels the jobs of source_submitter(). kNotFound; kConflict when there is none.
  Result<RunRecord> stop(SourceId id);
  // Says that the missing listings of the last run are gone. Begins a run that removes them. kNotFound;
  // kConflict when the last run does not wait for it.
  Result<RunRecord> confirm(SourceId id);

  // Stores listings that were not fetched by a run, as a run of their own.
  Result<RunRecord> capture(SourceId id, std::vector<FetchedListing> listings);

  // Begins the runs that are due, each once, however many times have passed. Several processes may call it:
  // each run begins in one of them. Returns their number.
  Result<std::int64_t> start_due();
  // Ends the runs whose jobs are all dead, cancelled or lost. Returns their number.
  Result<std::int64_t> end_stranded();

  // The runs of a source, the latest first, with smaller ids than `before` (0: all). kNotFound for an unknown
  // source.
  Result<std::vector<RunRecord>> runs(SourceId id, std::int64_t before, std::size_t limit);
  Result<std::optional<RunRecord>> run(SourceRunId id);
  // The number of a source's listings by the status of their items.
  Result<std::map<std::string, std::int64_t>> listings(SourceId id);

 private:
  Timestamp time() const;
  Result<void> start_one(SourceId id);
  Result<void> end_one(SourceRunId id);
  std::optional<Timestamp> next_run(const SourceSpec& spec, Timestamp time) const;

  sql::Database* database_;
  Options options_;
};

// Whether a run is due, by the clock of this machine. Cheap.
Result<bool> has_due_source(sql::SqlConnection& connection);

}  // namespace fit::ingest
