#include "jobs/queue.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/format.h"
#include "jobs/claim_jobs.h"
#include "jobs/finish_jobs.h"
#include "jobs/insert_retry.h"
#include "jobs/job_rows.h"
#include "sql/sql_times.h"

namespace fit::jobs {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

Queue::Queue(sql::Database& database, QueueOptions options)
    : database_(database), options_(std::move(options)) {}

Result<Timestamp> Queue::time(SqlConnection& connection) const {
  return options_.clock ? options_.clock() : queue_time(connection);
}

Result<std::vector<AddedJob>> Queue::add(std::span<const NewJob> jobs) {
  auto added =
      database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<std::vector<AddedJob>> {
        FIT_TRY(const Timestamp at, time(connection));
        return add_jobs(connection, jobs, at);
      });
  if (added) announce();
  return added;
}

Result<AddedJob> Queue::add(const NewJob& job) {
  FIT_TRY(const auto added, add(std::span(&job, 1)));
  return added.front();
}

void Queue::announce() {
  const std::lock_guard lock(mutex_);
  for (const auto& [registration, wake] : wakes_) wake();
}

std::uint64_t Queue::on_announce(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wakes_[++last_registration_] = std::move(wake);
  return last_registration_;
}

void Queue::forget(std::uint64_t registration) {
  const std::lock_guard lock(mutex_);
  wakes_.erase(registration);
}

Result<std::vector<Job>> Queue::claim(const Claim& claim) {
  FIT_TRY(auto exchanged, exchange({}, claim));
  return std::move(exchanged.claimed);
}

Result<Queue::Exchanged> Queue::exchange(std::span<const Finish> finished, const Claim& claim) {
  if (options_.dispatch != nullptr && claim.limit > 0) return exchange_with_tickets(finished, claim);
  return exchange_rows(finished, claim);
}

Result<Queue::Exchanged> Queue::exchange_rows(std::span<const Finish> finished, const Claim& claim) {
  if (finished.empty()) {
    if (claim.limit == 0) return Exchanged();
    FIT_TRY(const bool is_needed, has_work());
    if (!is_needed) return Exchanged();
  }
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Exchanged> {
    FIT_TRY(const Timestamp at, time(connection));
    Exchanged done;
    FIT_CHECK(finish_jobs(connection, options_, finished, at, done));
    if (claim.limit == 0) return done;
    FIT_CHECK(free_lost_jobs(connection, options_, claim, at));
    FIT_CHECK(release_due_jobs(connection, at));
    FIT_TRY(done.claimed, claim_jobs(connection, options_, claim, at));
    return done;
  });
}

Result<void> Queue::finish(const Job& job, const Outcome& outcome) {
  const Finish finish{.id = job.id,
                      .kind = job.kind,
                      .lease = job.lease,
                      .attempt = job.attempt,
                      .max_attempts = job.max_attempts,
                      .outcome = outcome};
  FIT_TRY(const auto exchanged,
          exchange(std::span(&finish, 1), {.worker = job.worker, .kinds = {}, .limit = 0}));
  if (exchanged.lost.empty()) return {};
  return Error{ErrorCode::kConflict, "the worker has lost job " + job.id.str(), {}, {}};
}

Result<Queue::Renewed> Queue::renew(std::span<const Job> jobs) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Renewed> {
    FIT_TRY(const Timestamp at, time(connection));
    std::map<std::int64_t, std::vector<std::int64_t>> by_lease;
    for (const Job& job : jobs) by_lease[job.lease].push_back(job.id.value);
    Renewed renewed;
    for (auto& [lease, ids] : by_lease) {
      std::ranges::sort(ids);
      std::set<std::int64_t> found;
      FIT_CHECK(update_among(
          connection, "UPDATE jobs SET lease_until = $1 WHERE state = 'running' AND lease = $2",
          {sql::ticks(at + options_.lease), lease}, ", cancel_requested", ids, [&](const SqlRow& row) {
            found.insert(row.integer(0));
            if (row.integer(1) != 0) renewed.cancelled.push_back({row.integer(0)});
          }));
      for (const std::int64_t id : ids) {
        if (!found.contains(id)) renewed.lost.push_back({id});
      }
    }
    return renewed;
  });
}

Result<std::vector<JobId>> Queue::cancel_requests(std::span<const JobId> ids) {
  return database_.read([ids](SqlConnection& connection) -> Result<std::vector<JobId>> {
    std::vector<std::int64_t> numbers;
    for (const JobId id : ids) numbers.push_back(id.value);
    std::vector<JobId> wanted;
    FIT_CHECK(sql::query_among(connection, "SELECT id FROM jobs WHERE cancel_requested <> 0 AND id", numbers,
                               [&wanted](const SqlRow& row) { wanted.push_back({row.integer(0)}); }));
    return wanted;
  });
}

Result<std::int64_t> Queue::end_leases() {
  return database_.write(Ordering::kUnordered, [](SqlConnection& connection) {
    return connection.execute("UPDATE jobs SET lease_until = 0 WHERE state = 'running'", {});
  });
}

Result<Job> Queue::cancel(JobId id) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Job> {
    FIT_TRY(const Timestamp at, time(connection));
    // One statement, so that no worker claims or gives back the job in between.
    FIT_TRY(
        const std::int64_t count,
        connection.execute("UPDATE jobs SET cancel_requested = 1, "
                           "finished_at = CASE WHEN state = 'running' THEN NULL ELSE CAST($1 AS BIGINT) END, "
                           "state = CASE WHEN state = 'running' THEN 'running' ELSE 'cancelled' END "
                           "WHERE id = $2 AND state IN ('waiting', 'delayed', 'running')",
                           {sql::ticks(at), id.value}));
    FIT_TRY(Job job, read_job(connection, id));
    if (count > 0) return job;
    return Error{ErrorCode::kConflict, fit::format("the job is {} already", to_string(job.state)), {}, {}};
  });
}

Result<void> Queue::pause(std::string_view kind, std::optional<Timestamp> until, std::string_view reason) {
  constexpr std::size_t kMaxReasonBytes = 500;
  FIT_CHECK(check_kind("name", kind));
  const std::string stored_reason = storable(reason, kMaxReasonBytes);
  std::optional<std::int64_t> until_ticks;
  if (until) until_ticks = sql::ticks(*until);
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute(
        "INSERT INTO job_queues (kind, paused, paused_until, reason, failures, retry_at, probe, failure) "
        "VALUES ($1, 1, $2, $3, 0, 0, 0, '') ON CONFLICT (kind) DO UPDATE SET paused = 1, "
        "paused_until = excluded.paused_until, reason = excluded.reason",
        {kind, sql::nullable(until_ticks), std::string_view(stored_reason)}));
    return {};
  });
}

Result<void> Queue::resume(std::string_view kind) {
  FIT_CHECK(check_kind("name", kind));
  FIT_CHECK(database_.write(Ordering::kUnordered, [kind](SqlConnection& connection) {
    return connection.execute("DELETE FROM job_queues WHERE kind = $1", {kind});
  }));
  announce();
  return {};
}

Result<AddedJob> Queue::retry(JobId id) {
  auto added = database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<AddedJob> {
    FIT_TRY(const Timestamp at, time(connection));
    FIT_CHECK(take_dead_letter(connection, id, State::kRetried, at));
    FIT_TRY(const Job dead, read_job(connection, id));
    const NewJob again{.kind = dead.kind,
                       .payload = dead.payload,
                       .priority = dead.priority,
                       .submitter = dead.submitter,
                       .unique_key = dead.unique_key,
                       .max_attempts = dead.max_attempts};
    FIT_TRY(const AddedJob job, insert_retry(connection, again, at, id));
    FIT_CHECK(connection.execute("UPDATE jobs SET retried_as = $1 WHERE id = $2", {job.id.value, id.value}));
    return job;
  });
  if (added) announce();
  return added;
}

Result<void> Queue::discard(JobId id) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const Timestamp at, time(connection));
    return take_dead_letter(connection, id, State::kDiscarded, at);
  });
}

Result<void> Queue::take_dead_letter(SqlConnection& connection, JobId id, State state, Timestamp at) {
  FIT_TRY(const std::int64_t count,
          connection.execute("UPDATE jobs SET state = $1, finished_at = $2 WHERE id = $3 AND state = 'dead'",
                             {to_string(state), sql::ticks(at), id.value}));
  if (count > 0) return {};
  FIT_TRY(const Job job, read_job(connection, id));
  return Error{
      ErrorCode::kConflict,
      fit::format("the job is {}, and only dead letters can be retried or discarded", to_string(job.state)),
      {},
      {}};
}

Result<std::int64_t> Queue::prune(Timestamp before, std::size_t limit) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return connection.execute(
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state IN ('done', 'cancelled', 'retried', "
        "'discarded') AND finished_at < $1 ORDER BY finished_at LIMIT $2)",
        {sql::ticks(before), sql::sql_limit(limit)});
  });
}

}  // namespace fit::jobs
