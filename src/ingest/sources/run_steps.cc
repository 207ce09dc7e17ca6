#include "ingest/sources/run_steps.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"
#include "catalog/content_hash.h"
#include "ingest/sources/listing_rows.h"
#include "ingest/sources/schedule.h"
#include "ingest/sources/source_images.h"
#include "ingest/sources/source_rows.h"
#include "jobs/add_jobs.h"
#include "net/url.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::SqlConnection;

constexpr std::int64_t kListingsInBatch = 100;
constexpr std::int64_t kRemovalsInBatch = 500;
// Each batch passes the listings of those before it, so that many missing ones get larger batches.
constexpr std::int64_t kMostRemovalsInBatch = 10'000;
constexpr std::int64_t kRemovalBatches = 100;
constexpr std::int64_t kKeptRuns = 100;
constexpr std::size_t kMaxSampleText = 300;

// Stores the listings of one page.
class PageStore {
 public:
  PageStore(SqlConnection& connection, RunRecord& run, const SourceRecord& source, Timestamp time)
      : connection_(connection), run_(run), source_(source.id), time_(time) {}

  Result<void> store(const FetchPage& page) {
    sweep_started_at_ = page.sweep_started_at;
    // The clock of another process may be behind the one that the sweep began by.
    time_ = std::max(time_, page.sweep_started_at);
    for (const FetchedListing& listing : page.listings) FIT_CHECK(store_listing(listing));
    for (const std::string& url : page.unchanged) FIT_CHECK(store_unchanged(url));
    for (const GonePage& gone : page.gone) FIT_CHECK(store_gone(gone));
    if (!page.is_unchanged) return {};
    FIT_TRY(const std::int64_t touched, touch_all(connection_, source_, time_));
    run_.counts.seen += touched;
    run_.counts.unchanged += touched;
    return {};
  }

 private:
  Result<void> store_listing(const FetchedListing& listing) {
    ShownListing shown{.listing = listing, .content_hash = catalog::content_hash(listing.item)};
    const std::string& id = listing.item.listing.external_id;
    FIT_TRY(const auto known, find_listing(connection_, source_, id));
    if (!known || known->last_seen < sweep_started_at_) ++run_.counts.seen;
    shown.change = change_of(known, listing.item, shown.content_hash, time_);
    if (shown.change == ListingChange::kNew) {
      FIT_TRY(const bool may_have_moved, has_twin(listing, id));
      if (may_have_moved) shown.change = ListingChange::kMoved;
    }
    const bool has_changed = shown.change != ListingChange::kNone;
    shown.visit_interval =
        next_visit_interval(known ? known->visit_interval : std::chrono::seconds{0}, known && has_changed);
    if (!has_changed) {
      ++run_.counts.unchanged;
    } else if (shown.change == ListingChange::kMoved) {
      shown.batch = deferred_batch(run_.id);
    } else {
      FIT_TRY(shown.batch, next_batch(kListingsInBatch));
    }
    return known ? update_shown(connection_, source_, shown, time_)
                 : insert_shown(connection_, source_, shown, time_);
  }

  // Whether a listing of the same title was there before and is not seen any more: the seller may have listed
  // the piece again.
  Result<bool> has_twin(const FetchedListing& listing, const std::string& id) {
    const std::int64_t title = title_number(listing.item.listing.title);
    if (title == 0) return false;
    FIT_TRY(const auto twins, listings_of_title(connection_, source_, title, id));
    return std::ranges::any_of(twins, [this](const KnownListing& twin) {
      return !twin.status.empty() && twin.status != kDeletedListing &&
             (!is_offered(twin.status) || twin.last_seen < sweep_started_at_);
    });
  }

  Result<void> store_unchanged(const std::string& url) {
    FIT_TRY(const auto listings, listings_of_page(connection_, source_, url));
    for (const KnownListing& known : listings) {
      if (known.last_seen < sweep_started_at_) ++run_.counts.seen;
      ++run_.counts.unchanged;
      FIT_CHECK(touch_listing(connection_, source_, known, time_, known.next_visit <= time_));
    }
    return {};
  }

  Result<void> store_gone(const GonePage& gone) {
    std::vector<KnownListing> listings;
    if (!gone.external_id.empty()) {
      FIT_TRY(auto known, find_listing(connection_, source_, gone.external_id));
      if (known) listings.push_back(*std::move(known));
    } else {
      FIT_TRY(listings, listings_of_page(connection_, source_, gone.page_url));
    }
    for (const KnownListing& known : listings) {
      if (!is_offered(known.status)) continue;
      FIT_TRY(const std::int64_t batch, next_batch(kListingsInBatch));
      FIT_CHECK(mark_removed(connection_, source_, known.external_id, batch));
    }
    return {};
  }

  Result<std::int64_t> next_batch(std::int64_t most) {
    if (in_batch_ % most == 0) {
      FIT_TRY(batch_, add_batch(connection_, run_));
    }
    ++in_batch_;
    return batch_;
  }

  SqlConnection& connection_;
  RunRecord& run_;
  const SourceId source_;
  Timestamp time_;
  Timestamp sweep_started_at_;
  std::int64_t batch_ = 0;
  std::int64_t in_batch_ = 0;
};

void note_remarks(RunRecord& run, const std::vector<std::string>& remarks) {
  for (const std::string& remark : remarks) {
    if (run.remarks.size() >= kMaxRunRemarks) return;
    if (!std::ranges::contains(run.remarks, remark))
      run.remarks.emplace_back(utf8_prefix(remark, kMaxSampleText));
  }
}

void note_fetch_failure(RunRecord& run, const FetchFailure& failure) {
  add_failure(run, {.reason = std::string(to_string(failure.problem)),
                    .url = failure.url,
                    .external_id = failure.external_id,
                    .message = failure.message});
}

// Notes how the page ended the reading of the run.
void note_end(RunRecord& run, SourceRecord& source, const FetchPage& page) {
  if (page.end == FetchEnd::kMore) return;
  run.is_fetched = true;
  run.outcome = page.end == FetchEnd::kBlocked  ? RunState::kBlocked
                : page.end == FetchEnd::kFailed ? RunState::kFailed
                                                : RunState::kDone;
  run.is_complete = page.end == FetchEnd::kDone && page.is_complete && !page.is_unchanged;
  if (page.end == FetchEnd::kBudget) {
    note_remarks(run, {"the budget of this run is spent; the next run continues"});
  }
  if (page.ended_by) run.error = page.ended_by->message;  // it is among the failures, too
  if (page.retry_at && source.next_run_at) source.next_run_at = std::max(*source.next_run_at, *page.retry_at);
}

void set_source_health(SourceRecord& source, SourceHealth health, std::string_view reason, Timestamp time) {
  if (source.health != health) source.health_since = time;
  source.health = health;
  source.health_reason = reason;
}

// Gives the listings that waited for the end of the sweep their batches. Returns their number.
Result<std::int64_t> release_deferred(SqlConnection& connection, RunRecord& run) {
  std::int64_t released = 0;
  for (;;) {
    FIT_TRY(const auto waits, connection.query_integer(
                                  "SELECT 1 FROM source_listings WHERE source_id = $1 AND batch = $2 LIMIT 1",
                                  {run.source.value, deferred_batch(run.id)}));
    if (!waits) return released;
    FIT_TRY(const std::int64_t batch, add_batch(connection, run));
    FIT_TRY(const std::int64_t moved,
            move_batch(connection, run.source, deferred_batch(run.id), batch, kListingsInBatch));
    released += moved;
  }
}

// Lets listings be removed that the source no longer has. Returns whether there are any.
Result<bool> remove_missing(SqlConnection& connection, RunRecord& run, Timestamp time) {
  std::optional<Timestamp> sweep;
  if (run.is_complete && run.outcome != RunState::kHeld) sweep = run.sweep_started_at;
  const std::int64_t most = std::clamp(run.missing / kRemovalBatches, kRemovalsInBatch, kMostRemovalsInBatch);
  bool has_any = false;
  for (;;) {
    // The batch is added once there is something to put into it.
    FIT_TRY(const std::int64_t marked,
            mark_missing(connection, run.source, sweep, time, batch_number(run.id, run.batches + 1), most));
    if (marked == 0) return has_any;
    has_any = true;
    FIT_CHECK(add_batch(connection, run));
  }
}

// Takes over the listings that a stopped run has left.
Result<void> adopt_batches(SqlConnection& connection, RunRecord& run) {
  for (;;) {
    FIT_TRY(const std::int64_t adopted,
            adopt_waiting(connection, run.source, batch_number(run.id, run.batches + 1), kListingsInBatch));
    if (adopted == 0) return {};
    FIT_CHECK(add_batch(connection, run));
  }
}

Result<void> settle_run(SqlConnection& connection, RunRecord& run, Timestamp time, bool& has_more) {
  run.is_settled = true;
  if (run.is_complete) {
    FIT_TRY(const MissingListings found, count_missing(connection, run.source, run.sweep_started_at));
    run.missing = found.missing;
    if (run.cause != "confirm" && must_confirm(found.missing, found.all)) {
      run.outcome = RunState::kHeld;
      run.error =
          fit::format("{} of {} listings are missing; they stay until somebody confirms that they are gone",
                      found.missing, found.all);
    }
  }
  FIT_TRY(has_more, remove_missing(connection, run, time));
  return {};
}

Result<void> prune_runs(SqlConnection& connection, SourceId source) {
  FIT_CHECK(connection.execute(
      "DELETE FROM source_runs WHERE source_id = $1 AND state <> 'running' AND id <= (SELECT MIN(id) FROM "
      "(SELECT id FROM source_runs WHERE source_id = $1 ORDER BY id DESC LIMIT $2) AS kept) - 1",
      {source.value, kKeptRuns}));
  return {};
}

}  // namespace

std::string source_submitter(SourceId source) {
  return "source:" + source.str();
}

Result<RunRecord> begin_run(SqlConnection& connection, SourceRecord& source, std::string_view cause,
                            Timestamp time) {
  if (source.active_run) return Error{ErrorCode::kConflict, "a run of this source is in progress", {}, {}};
  RunRecord run;
  run.source = source.id;
  run.cause = cause;
  run.created_at = run.updated_at = time;
  FIT_TRY(run.id, insert_run(connection, run));
  FIT_CHECK(adopt_batches(connection, run));
  source.active_run = run.id;
  FIT_CHECK(update_progress(connection, source));
  FIT_CHECK(add_run_job(connection, run));
  FIT_CHECK(update_run(connection, run));
  return run;
}

Result<void> add_run_job(SqlConnection& connection, const RunRecord& run) {
  FIT_CHECK(jobs::add_job(connection, {.kind = std::string(kSourceRunJob),
                                       .payload = dump_json({{"run", run.id.str()}}),
                                       .submitter = source_submitter(run.source)}));
  return {};
}

Result<std::int64_t> add_batch(SqlConnection& connection, RunRecord& run) {
  if (run.batches + 1 >= kMaxBatches) return internal("a run has too many batches", run.id.str());
  const std::int64_t batch = batch_number(run.id, ++run.batches);
  FIT_CHECK(add_items_job(connection, run, batch));
  return batch;
}

Result<void> add_items_job(SqlConnection& connection, const RunRecord& run, std::int64_t batch) {
  FIT_CHECK(jobs::add_job(connection, {.kind = std::string(kSourceItemsJob),
                                       .payload = dump_json({{"run", run.id.str()}, {"batch", batch}}),
                                       .submitter = source_submitter(run.source)}));
  return {};
}

void add_failure(RunRecord& run, RunFailure failure) {
  ++run.counts.failed;
  add_left_out(run, std::move(failure));
}

void add_left_out(RunRecord& run, RunFailure failure) {
  ++run.failures[failure.reason];
  if (run.samples.size() >= kMaxRunSamples) return;
  for (std::string* const text : {&failure.url, &failure.external_id, &failure.message}) {
    *text = utf8_prefix(*text, kMaxSampleText);
  }
  run.samples.push_back(std::move(failure));
}

Result<void> store_page(SqlConnection& connection, RunRecord& run, SourceRecord& source,
                        const FetchPage& page, Timestamp time) {
  FIT_CHECK(PageStore(connection, run, source, time).store(page));
  for (const FetchFailure& failure : page.failures) note_fetch_failure(run, failure);
  note_remarks(run, page.remarks);
  note_end(run, source, page);
  run.counts.requests += page.requests;
  run.counts.bytes += static_cast<std::int64_t>(page.bytes);
  run.pages_done = page.pages_done;
  run.pages_total = page.pages_total;
  run.sweep_started_at = page.sweep_started_at;
  run.updated_at = time;
  source.state = page.state;
  // The address is a setting: a person changes it, not a run.
  const auto before = net::parse_url(source.spec.settings.address);
  const auto after = net::parse_url(page.address);
  if (before && after && before->text() != after->text()) {
    note_remarks(run,
                 {fit::format("the source has moved to {} for good; set this as its address", page.address)});
  }
  return {};
}

Result<void> advance_run(SqlConnection& connection, RunRecord& run, SourceRecord& source, Timestamp time) {
  run.updated_at = time;
  if (run.is_fetched) {
    FIT_TRY(bool has_more, has_waiting(connection, run.source, run.id));
    if (!has_more) {
      FIT_TRY(const std::int64_t released, release_deferred(connection, run));
      has_more = released > 0;
    }
    if (!has_more && !run.is_settled) FIT_CHECK(settle_run(connection, run, time, has_more));
    if (!has_more) return finish_run(connection, run, source, time);
  }
  FIT_CHECK(update_run(connection, run));
  return update_progress(connection, source);
}

Result<void> finish_run(SqlConnection& connection, RunRecord& run, SourceRecord& source, Timestamp time) {
  run.state = run.outcome;
  run.finished_at = run.updated_at = time;
  FIT_CHECK(update_run(connection, run));
  if (source.active_run == run.id) {
    source.active_run = std::nullopt;
    // A time that came while the run was in progress is not made up for.
    if (source.next_run_at && *source.next_run_at <= time)
      source.next_run_at = scheduled_time(source.spec, time);
    switch (run.state) {
      case RunState::kDone:
        set_source_health(source, SourceHealth::kOk, "", time);
        source.last_success_at = time;
        break;
      case RunState::kFailed:
        set_source_health(source, SourceHealth::kFailing, run.error, time);
        break;
      case RunState::kBlocked:
        set_source_health(source, SourceHealth::kBlocked, run.error, time);
        break;
      case RunState::kHeld:
        set_source_health(source, SourceHealth::kHeld, run.error, time);
        break;
      case RunState::kRunning:
      case RunState::kStopped:
        break;
    }
  }
  FIT_CHECK(update_progress(connection, source));
  // A run without batches has written no images.
  if (run.batches > 0) FIT_CHECK(prune_source_images(connection, source));
  return prune_runs(connection, source.id);
}

std::optional<Timestamp> scheduled_time(const SourceSpec& spec, Timestamp time) {
  if (spec.is_paused) return std::nullopt;
  const auto schedule = Schedule::parse(spec.schedule, spec.time_zone);
  return schedule ? schedule->next(time) : std::nullopt;
}

}  // namespace fit::ingest
