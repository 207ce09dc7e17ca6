#include "ingest/sources/source_worker.h"

#include <algorithm>
#include <limits>

#include "base/json_reader.h"
#include "ingest/sources/listing_rows.h"
#include "ingest/sources/run_steps.h"
#include "ingest/sources/source_rows.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::SqlConnection;
using sql::SqlValue;

struct SourceJob {
  SourceRunId run;
  std::int64_t batch = 0;
};

Result<SourceJob> source_job(const jobs::Job& job, bool has_batch) {
  FIT_TRY(const Json payload, parse_json("payload", job.payload));
  JsonReader reader(payload, "payload");
  const std::string run = reader.text("run");
  SourceJob read;
  if (has_batch) read.batch = reader.integer("batch", 1, std::numeric_limits<std::int64_t>::max());
  FIT_CHECK(reader.finish());
  FIT_TRY(read.run.value, parse_id("payload.run", run));
  return read;
}

// What a source is opened with, to see whether a person has changed it meanwhile.
std::string content_text(const SourceSpec& spec) {
  return spec.settings.address + "\n" + settings_text(spec);
}

RunBudget budget_of(const RunRecord& run, const SourceSettings& settings,
                    std::chrono::steady_clock::time_point deadline) {
  const auto left = [](std::int64_t most, std::int64_t used) {
    return std::max<std::int64_t>(most - used, 0);
  };
  RunBudget budget;
  budget.pages = left(settings.max_pages, run.counts.requests);
  budget.bytes = static_cast<std::uint64_t>(left(settings.max_bytes, run.counts.bytes));
  budget.step_deadline = deadline;
  return budget;
}

}  // namespace

std::vector<jobs::Handler> SourceWorker::handlers() {
  // One at a time, so that slow hosts do not take all threads of the queue.
  return {{.kind = std::string(kSourceRunJob),
           .run = [this](const jobs::Job& job, const std::stop_token& stop) { return fetch(job, stop); },
           .concurrency = 1},
          {.kind = std::string(kSourceItemsJob),
           .run = [this](const jobs::Job& job, const std::stop_token& stop) { return write(job, stop); },
           .concurrency = 2}};
}

Result<std::optional<SourceWorker::Work>> SourceWorker::find_work(SourceRunId id) {
  return parts_.database.read([id](SqlConnection& connection) -> Result<std::optional<Work>> {
    const SqlValue value = id.value;
    FIT_TRY(auto runs, read_runs(connection, "WHERE id = $1 AND state = 'running'", std::span(&value, 1)));
    if (runs.empty()) return std::nullopt;
    FIT_TRY(auto source, read_source(connection, runs.front().source));
    return Work{.run = std::move(runs.front()), .source = std::move(source)};
  });
}

Result<bool> SourceWorker::change_run(SourceRunId id, const RunChange& change) {
  std::optional<Work> ended;
  auto goes_on =
      parts_.database.write(sql::Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
        auto locked = lock_run(connection, id);
        if (!locked && locked.error().code == ErrorCode::kNotFound) return false;
        FIT_TRY(RunRecord run, std::move(locked));
        if (run.state != RunState::kRunning) return false;
        FIT_TRY(SourceRecord source, lock_source(connection, run.source));
        FIT_CHECK(change(connection, run, source));
        FIT_CHECK(advance_run(connection, run, source, now()));
        if (run.state != RunState::kRunning) ended = Work{.run = run, .source = source};
        return run.state == RunState::kRunning;
      });
  if (goes_on) parts_.queue.announce();
  if (goes_on && ended) note_end(ended->source, ended->run);
  return goes_on;
}

Result<bool> SourceWorker::fail_run(SourceRunId id, const Error& error, const std::string& content) {
  bool is_outdated = false;
  const auto fail = [&](SqlConnection&, RunRecord& run, SourceRecord& source) -> Result<void> {
    is_outdated = content_text(source.spec) != content;
    if (is_outdated) return {};
    if (error.field == "state") source.state = nullptr;  // the next run begins a sweep
    run.is_fetched = true;
    run.outcome = RunState::kFailed;
    run.error = error.field.empty() ? error.message : error.field + ": " + error.message;
    return {};
  };
  FIT_TRY(const bool goes_on, change_run(id, fail));
  return goes_on && is_outdated;
}

Result<void> SourceWorker::fetch(const jobs::Job& job, const std::stop_token& stop) {
  FIT_TRY(const SourceJob wanted, source_job(job, false));
  auto deadline = std::chrono::steady_clock::now() + options_.step;
  std::unique_ptr<Source> opened;
  std::string opened_with;
  for (bool is_first = true;; is_first = false) {
    FIT_TRY(const auto work, find_work(wanted.run));
    if (!work || work->run.is_fetched) return {};
    const SourceRecord& source = work->source;
    const std::string content = content_text(source.spec);
    if (source.spec.unread) {
      const Error unread{ErrorCode::kInvalid, unread_reason(*source.spec.unread), {}, {}};
      FIT_TRY(const bool may_go_on, fail_run(wanted.run, unread, content));
      if (may_go_on) continue;
      return {};
    }
    if (!opened || content != opened_with) {
      auto made = open_source({.settings = source.spec.settings,
                               .name = source.spec.name,
                               .max_image_bytes = options_.writer.max_image_bytes},
                              parts_.crawler);
      if (!made) {
        FIT_TRY(const bool may_go_on, fail_run(wanted.run, made.error(), content));
        if (may_go_on) continue;
        return {};
      }
      opened = *std::move(made);
      opened_with = content;
    }
    RunBudget budget = budget_of(work->run, source.spec.settings, deadline);
    FetchContext context{.budget = budget, .stop = stop};
    context.leases = &leases_;
    context.known_page = [&](const std::string& url) {
      return parts_.database.read(
          [&](SqlConnection& connection) { return known_page(connection, source.id, url, now()); });
    };
    context.unseen_pages = [&](Timestamp time, const std::string& after, std::size_t limit) {
      return parts_.database.read(
          [&](SqlConnection& connection) { return unseen_pages(connection, source.id, time, after, limit); });
    };
    const auto page = opened->fetch(source.state, context);
    if (stop.stop_requested()) return cancelled();
    if (!page) {
      parts_.log.warning("a source cannot be read",
                         {{"source", source.spec.name}, {"reason", page.error().describe()}});
      FIT_TRY(const bool may_go_on, fail_run(wanted.run, page.error(), content));
      if (may_go_on) continue;
      return {};
    }
    // A long feed is read again up to the row that is next: what takes all of the step must not be all of it.
    if (is_first && std::chrono::steady_clock::now() >= deadline) {
      deadline = std::chrono::steady_clock::now() + options_.step;
    }
    bool is_outdated = false;
    const bool continues = page->end == FetchEnd::kMore && std::chrono::steady_clock::now() >= deadline;
    FIT_TRY(const bool goes_on,
            change_run(wanted.run,
                       [&](SqlConnection& connection, RunRecord& run, SourceRecord& locked) -> Result<void> {
                         is_outdated = content_text(locked.spec) != content;
                         if (is_outdated) return {};  // another sweep has begun
                         FIT_CHECK(store_page(connection, run, locked, *page, now()));
                         return continues ? add_run_job(connection, run) : Result<void>();
                       }));
    if (goes_on && is_outdated) continue;
    if (!goes_on || continues || page->end != FetchEnd::kMore) return {};
  }
}

Result<void> SourceWorker::write(const jobs::Job& job, const std::stop_token& stop) {
  FIT_TRY(const SourceJob wanted, source_job(job, true));
  FIT_TRY(const auto work, find_work(wanted.run));
  if (!work) return {};
  FIT_TRY(auto waiting, parts_.database.read([&](SqlConnection& connection) {
    return read_batch(connection, work->source.id, wanted.batch);
  }));
  const CatalogLease lease = parts_.catalog();
  BatchWriter::Options writing = options_.writer;
  writing.deadline = std::chrono::steady_clock::now() + options_.step;
  BatchWriter writer(parts_.database, lease.catalog, writing);
  const SourceSettings& settings = work->source.spec.settings;
  SourceImageFetcher images(
      parts_.crawler, settings,
      {.max_bytes = budget_of(work->run, settings, writing.deadline).bytes, .leases = &leases_});
  FIT_TRY(BatchReport report, writer.write(work->source, work->run, std::move(waiting), images, stop));
  bool is_noted = false;
  const auto changed = change_run(
      wanted.run, [&](SqlConnection& connection, RunRecord& run, SourceRecord& source) -> Result<void> {
        for (const WrittenListing& written : report.written) {
          FIT_CHECK(finish_listing(connection, source.id, wanted.batch, written, now()));
        }
        run.counts.added += report.counts.added;
        run.counts.changed += report.counts.changed;
        run.counts.restocked += report.counts.restocked;
        run.counts.sold += report.counts.sold;
        run.counts.removed += report.counts.removed;
        run.counts.bytes += static_cast<std::int64_t>(images.bytes());
        for (RunFailure& failure : report.failures) add_failure(run, failure);
        for (RunFailure& failure : report.left_out) add_left_out(run, failure);
        if (report.has_more) FIT_CHECK(add_items_job(connection, run, wanted.batch));
        is_noted = true;
        return {};
      });
  FIT_CHECK(changed);
  if (!is_noted) return {};
  report.counts.failed = static_cast<std::int64_t>(report.failures.size());
  note_outcomes(work->source, report.counts);
  return {};
}

void SourceWorker::note_outcomes(const SourceRecord& source, const RunCounts& counts) {
  const std::pair<const char*, std::int64_t> outcomes[] = {
      {"new", counts.added}, {"changed", counts.changed}, {"restocked", counts.restocked},
      {"sold", counts.sold}, {"removed", counts.removed}, {"failed", counts.failed}};
  for (const auto& [outcome, count] : outcomes) {
    if (count == 0) continue;
    parts_.metrics
        .counter("fit_source_listings_total", "Listings of sources that were written, by outcome.",
                 {{"source", source.spec.name}, {"outcome", outcome}})
        .add(static_cast<double>(count));
  }
}

void SourceWorker::note_end(const SourceRecord& source, const RunRecord& run) {
  const std::string& name = source.spec.name;
  parts_.metrics
      .counter("fit_source_runs_total", "Runs of sources that have ended, by state.",
               {{"source", name}, {"state", std::string(to_string(run.state))}})
      .add();
  parts_.metrics
      .counter("fit_source_requests_total", "Requests to the hosts of sources, by runs that have ended.",
               {{"source", name}})
      .add(static_cast<double>(run.counts.requests));
  parts_.metrics
      .gauge("fit_source_healthy", "Whether the last run of the source read what it asked for.",
             {{"source", name}})
      .set(source.health == SourceHealth::kOk ? 1 : 0);
  if (source.last_success_at) {
    parts_.metrics
        .gauge("fit_source_last_success_timestamp_seconds", "When a run of the source last succeeded.",
               {{"source", name}})
        .set(static_cast<double>(sql::ticks(*source.last_success_at)) / 1e6);
  }
}

}  // namespace fit::ingest
