#include "ingest/sources/sources.h"

#include <algorithm>
#include <filesystem>
#include <random>

#include "base/text.h"
#include "ingest/pages/page_links.h"
#include "ingest/sources/listing_rows.h"
#include "ingest/sources/run_steps.h"
#include "ingest/sources/schedule.h"
#include "ingest/sources/source_rows.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlValue;

constexpr std::size_t kMaxSourceName = 100;
constexpr std::chrono::seconds kLongestJitter = std::chrono::hours(24);
constexpr std::string_view kDueSources =
    "next_run_at <= $1 AND active_run IS NULL AND is_paused = 0 AND kind <> 'push'";

Result<void> check_spec(const SourceSpec& spec) {
  const std::string& name = spec.name;
  const bool has_controls =
      std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (trim(name).empty()) return invalid("name", "is empty");
  if (name.size() > kMaxSourceName || !is_utf8(name) || has_controls || trim(name) != name) {
    return invalid("name", "must be a line of at most 100 bytes without blanks at its ends");
  }
  if (spec.jitter < std::chrono::seconds{0} || spec.jitter > kLongestJitter) {
    return invalid("jitter_s", "must be between 0 and 86400");
  }
  FIT_CHECK(Schedule::parse(spec.schedule, spec.time_zone));
  return {};
}

double random_chance() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

Error not_fetched() {
  return invalid("kind", "a source of the kind push gets its listings from /api/v1/capture");
}

bool has_other_content(const SourceSpec& one, const SourceSpec& other) {
  return one.settings.address != other.settings.address ||
         one.unread.has_value() != other.unread.has_value() ||
         source_settings_json(one.settings, true) != source_settings_json(other.settings, true);
}

// The source with its active run locked first, as writers of runs do.
struct LockedRun {
  SourceRecord source;
  std::optional<RunRecord> run;
};
Result<LockedRun> lock_active_run(SqlConnection& connection, SourceId id) {
  FIT_TRY(const SourceRecord before, read_source(connection, id));
  LockedRun locked;
  if (before.active_run) {
    FIT_TRY(locked.run, lock_run(connection, *before.active_run));
  }
  FIT_TRY(locked.source, lock_source(connection, id));
  if (locked.source.active_run != before.active_run) locked.run = std::nullopt;
  return locked;
}

Result<RunRecord> last_run(SqlConnection& connection, SourceId id) {
  const SqlValue value = id.value;
  FIT_TRY(auto runs,
          read_runs(connection, "WHERE source_id = $1 AND cause <> 'capture' ORDER BY id DESC LIMIT 1",
                    std::span(&value, 1)));
  if (runs.empty()) return Error{ErrorCode::kConflict, "the source has no run", {}, {}};
  return std::move(runs.front());
}

}  // namespace

std::string default_source_name(const SourceSettings& settings) {
  std::string name = url_host(settings.address);
  if (name.empty()) name = std::filesystem::path(settings.address).stem().string();
  if (name.empty()) name = to_string(settings.kind);
  return std::string(utf8_prefix(name, kMaxSourceName));
}

Sources::Sources(sql::Database& database, Options options)
    : database_(&database), options_(std::move(options)) {
  if (!options_.on_added) options_.on_added = [] {};
  if (!options_.chance) options_.chance = &random_chance;
}

Timestamp Sources::time() const {
  return options_.clock ? options_.clock() : now();
}

std::optional<Timestamp> Sources::next_run(const SourceSpec& spec, Timestamp time) const {
  auto next = scheduled_time(spec, time);
  if (!next) return next;
  const auto jitter = std::chrono::duration<double>(spec.jitter) * options_.chance();
  return *next + std::chrono::duration_cast<std::chrono::microseconds>(jitter);
}

Result<SourceRecord> Sources::add(const SourceSpec& spec, std::string_view created_by) {
  FIT_CHECK(check_spec(spec));
  SourceRecord source;
  source.spec = spec;
  source.created_by = created_by;
  source.created_at = source.updated_at = source.health_since = time();
  FIT_TRY(const Schedule schedule, Schedule::parse(spec.schedule, spec.time_zone));
  if (spec.settings.kind != SourceKind::kPush && !spec.is_paused && !schedule.is_manual()) {
    source.next_run_at = schedule.is_interval() ? source.created_at : next_run(spec, source.created_at);
  }
  FIT_TRY(source,
          database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<SourceRecord> {
            FIT_TRY(const SourceId id, insert_source(connection, source));
            return read_source(connection, id);
          }));
  options_.on_added();
  return source;
}

Result<SourceRecord> Sources::get(SourceId id) {
  return database_->read([&](SqlConnection& connection) { return read_source(connection, id); });
}

Result<std::optional<SourceRecord>> Sources::find(std::string_view name) {
  return database_->read([&](SqlConnection& connection) -> Result<std::optional<SourceRecord>> {
    const SqlValue value = name;
    FIT_TRY(auto found, read_sources(connection, "WHERE name = $1", std::span(&value, 1)));
    if (found.empty()) return std::nullopt;
    return std::optional(std::move(found.front()));
  });
}

Result<std::vector<SourceRecord>> Sources::list() {
  return database_->read(
      [](SqlConnection& connection) { return read_sources(connection, "ORDER BY id", {}); });
}

Result<SourceRecord> Sources::change(SourceId id, const SpecChange& change) {
  FIT_TRY(SourceRecord changed,
          database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<SourceRecord> {
            FIT_TRY(SourceRecord source, lock_source(connection, id));
            FIT_TRY(const SourceSpec wanted, change(source.spec));
            FIT_CHECK(check_spec(wanted));
            if (wanted.name != source.spec.name) {
              return Error{
                  ErrorCode::kConflict, "the name is the source of its items and cannot change", "name", {}};
            }
            if (wanted.settings.kind != source.spec.settings.kind) {
              return Error{ErrorCode::kConflict, "cannot change; add another source", "kind", {}};
            }
            const bool has_other_times = wanted.schedule != source.spec.schedule ||
                                         wanted.time_zone != source.spec.time_zone ||
                                         wanted.is_paused != source.spec.is_paused;
            if (has_other_content(wanted, source.spec)) source.state = nullptr;
            source.spec = wanted;
            source.updated_at = time();
            if (has_other_times && wanted.settings.kind != SourceKind::kPush) {
              source.next_run_at = next_run(wanted, source.updated_at);
            }
            FIT_CHECK(update_spec(connection, source));
            return source;
          }));
  options_.on_added();
  return changed;
}

Result<void> Sources::remove(SourceId id) {
  return database_->write(Ordering::kUnordered, [id](SqlConnection& connection) -> Result<void> {
    // Writers lock the run before the source.
    FIT_CHECK(connection.execute(
        "UPDATE source_runs SET updated_at = updated_at WHERE source_id = $1 AND state = 'running'",
        {id.value}));
    FIT_TRY(const auto removed, connection.execute("DELETE FROM sources WHERE id = $1", {id.value}));
    if (removed == 0) return not_found("there is no source " + id.str());
    return {};
  });
}

Result<RunRecord> Sources::start(SourceId id) {
  auto begun = database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<RunRecord> {
    FIT_TRY(SourceRecord source, lock_source(connection, id));
    if (source.spec.settings.kind == SourceKind::kPush) return not_fetched();
    return begin_run(connection, source, "request", time());
  });
  if (begun) options_.on_added();
  return begun;
}

Result<RunRecord> Sources::stop(SourceId id) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<RunRecord> {
    FIT_TRY(LockedRun locked, lock_active_run(connection, id));
    if (!locked.run) return Error{ErrorCode::kConflict, "no run of this source is in progress", {}, {}};
    locked.run->outcome = RunState::kStopped;
    FIT_CHECK(finish_run(connection, *locked.run, locked.source, time()));
    return *std::move(locked.run);
  });
}

Result<RunRecord> Sources::confirm(SourceId id) {
  auto begun = database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<RunRecord> {
    FIT_TRY(SourceRecord source, lock_source(connection, id));
    FIT_TRY(const RunRecord held, last_run(connection, id));
    if (held.state != RunState::kHeld || source.active_run) {
      return Error{
          ErrorCode::kConflict, "the last run of the source does not wait for a confirmation", {}, {}};
    }
    RunRecord run;
    run.source = id;
    run.cause = "confirm";
    run.is_fetched = run.is_complete = true;
    run.sweep_started_at = held.sweep_started_at;
    run.created_at = run.updated_at = time();
    FIT_TRY(run.id, insert_run(connection, run));
    source.active_run = run.id;
    FIT_CHECK(advance_run(connection, run, source, time()));
    return run;
  });
  if (begun) options_.on_added();
  return begun;
}

Result<RunRecord> Sources::capture(SourceId id, std::vector<FetchedListing> listings) {
  auto begun = database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<RunRecord> {
    FIT_TRY(SourceRecord source, lock_source(connection, id));
    RunRecord run;
    run.source = id;
    run.cause = "capture";
    run.created_at = run.updated_at = time();
    FIT_TRY(run.id, insert_run(connection, run));
    FetchPage page;
    page.listings = std::move(listings);
    page.end = FetchEnd::kDone;
    page.sweep_started_at = run.created_at;
    page.state = source.state;
    FIT_CHECK(store_page(connection, run, source, page, run.created_at));
    FIT_CHECK(advance_run(connection, run, source, run.created_at));
    return run;
  });
  if (begun) options_.on_added();
  return begun;
}

// Begins a run if it is still due, and sets the time of the next one.
Result<void> Sources::start_one(SourceId id) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(SourceRecord source, lock_source(connection, id));
    const Timestamp present = time();
    if (!source.next_run_at || *source.next_run_at > present || source.active_run || source.spec.is_paused)
      return {};
    source.next_run_at = next_run(source.spec, present);
    FIT_CHECK(begin_run(connection, source, "schedule", present));
    return {};
  });
}

Result<std::int64_t> Sources::start_due() {
  std::vector<SourceId> due;
  FIT_CHECK(database_->read([&](SqlConnection& connection) -> Result<void> {
    return connection.query(
        "SELECT id FROM sources WHERE " + std::string(kDueSources) + " ORDER BY next_run_at",
        {sql::ticks(time())}, [&due](const sql::SqlRow& row) { due.push_back({row.integer(0)}); });
  }));
  for (const SourceId id : due) {
    const auto started = start_one(id);
    // It was removed meanwhile.
    if (!started && started.error().code != ErrorCode::kNotFound) return started.error();
  }
  if (!due.empty()) options_.on_added();
  return static_cast<std::int64_t>(due.size());
}

Result<std::int64_t> Sources::end_stranded() {
  std::vector<SourceRunId> stranded;
  constexpr std::string_view kStranded =
      "SELECT r.id FROM source_runs r WHERE r.state = 'running' AND NOT EXISTS (SELECT 1 FROM jobs j WHERE "
      "j.submitter = 'source:' || CAST(r.source_id AS TEXT) AND j.kind IN ('source_run', 'source_items') AND "
      "j.state IN ('waiting', 'delayed', 'running'))";
  FIT_CHECK(database_->read([&](SqlConnection& connection) -> Result<void> {
    return connection.query(kStranded, {},
                            [&stranded](const sql::SqlRow& row) { stranded.push_back({row.integer(0)}); });
  }));
  for (const SourceRunId id : stranded) FIT_CHECK(end_one(id));
  return static_cast<std::int64_t>(stranded.size());
}

// Ends a run whose jobs are gone.
Result<void> Sources::end_one(SourceRunId id) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    auto locked = lock_run(connection, id);
    if (!locked && locked.error().code == ErrorCode::kNotFound) return {};
    FIT_TRY(RunRecord run, std::move(locked));
    if (run.state != RunState::kRunning) return {};
    FIT_TRY(SourceRecord source, lock_source(connection, run.source));
    FIT_TRY(const std::int64_t dropped, drop_batches(connection, run.source, id));
    run.counts.failed += dropped;
    if (dropped > 0) run.failures["job"] += dropped;
    if (!run.is_fetched || dropped > 0) {
      run.outcome = RunState::kFailed;
      run.error = "a job of the run has failed for good; the dead letters have its error";
    }
    return finish_run(connection, run, source, time());
  });
}

Result<std::vector<RunRecord>> Sources::runs(SourceId id, std::int64_t before, std::size_t limit) {
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<RunRecord>> {
    FIT_CHECK(read_source(connection, id));
    const std::array<SqlValue, 3> values{id.value, before, sql::sql_limit(limit)};
    return read_runs(connection,
                     "WHERE source_id = $1 AND (CAST($2 AS BIGINT) = 0 OR id < CAST($2 AS BIGINT)) "
                     "ORDER BY id DESC LIMIT $3",
                     values);
  });
}

Result<std::optional<RunRecord>> Sources::run(SourceRunId id) {
  return database_->read([&](SqlConnection& connection) -> Result<std::optional<RunRecord>> {
    const SqlValue value = id.value;
    FIT_TRY(auto found, read_runs(connection, "WHERE id = $1", std::span(&value, 1)));
    if (found.empty()) return std::nullopt;
    return std::optional(std::move(found.front()));
  });
}

Result<std::map<std::string, std::int64_t>> Sources::listings(SourceId id) {
  return database_->read([&](SqlConnection& connection) { return count_listings(connection, id); });
}

Result<bool> has_due_source(SqlConnection& connection) {
  FIT_TRY(const auto due,
          connection.query_integer("SELECT 1 FROM sources WHERE " + std::string(kDueSources) + " LIMIT 1",
                                   {sql::ticks(now())}));
  return due.has_value();
}

}  // namespace fit::ingest
