#include "jobs/finish_jobs.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <unordered_set>

#include "base/format.h"
#include "jobs/breakers.h"
#include "jobs/job_rows.h"
#include "sql/sql_times.h"

namespace fit::jobs {
namespace {

constexpr std::size_t kMaxErrorBytes = 2000;
constexpr std::int64_t kMostDoublings = 30;
constexpr std::size_t kMostFreed = 100;

using sql::SqlConnection;
using sql::SqlRow;

// A failed attempt of a job, whose row is locked.
struct Failure {
  JobId id;
  std::int64_t attempt = 0;
  std::string worker;
  Timestamp started_at;
  JobError error;
};

// The texts of an error as they are stored.
struct StoredError {
  explicit StoredError(const JobError& error)
      : code(storable(error.code, kMaxErrorBytes)),
        message(storable(error.message, kMaxErrorBytes)),
        field(storable(error.field, kMaxErrorBytes)),
        detail(storable(error.detail, kMaxErrorBytes)) {}

  std::string code;
  std::string message;
  std::string field;
  std::string detail;
};

// What a failure makes of a job.
struct Next {
  State state = State::kDelayed;
  Timestamp run_at;
  bool consumes_attempt = true;
};

// A random time up to a limit that doubles with each failure ("full jitter": Brooker, "Exponential Backoff
// And Jitter", 2015).
std::chrono::microseconds backoff(const QueueOptions& options, std::int64_t failures) {
  const auto doublings = std::clamp<std::int64_t>(failures, 0, kMostDoublings);
  const auto limit = std::min<std::chrono::microseconds>(options.backoff * (std::int64_t{1} << doublings),
                                                         options.longest_backoff);
  static thread_local std::mt19937_64 random{std::random_device{}()};
  return std::chrono::microseconds(std::uniform_int_distribution<std::int64_t>(0, limit.count())(random));
}

Result<void> record_failure(SqlConnection& connection, const Failure& failure, Timestamp time) {
  const StoredError error(failure.error);
  // An attempt that was not consumed has left its number to the next one.
  FIT_CHECK(connection.execute(
      "INSERT INTO job_attempts (job_id, attempt, worker, started_at, ended_at, error_class, error_code, "
      "error_message, error_field, error_detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
      "ON CONFLICT (job_id, attempt) DO UPDATE SET worker = excluded.worker, started_at = "
      "excluded.started_at, "
      "ended_at = excluded.ended_at, error_class = excluded.error_class, error_code = excluded.error_code, "
      "error_message = excluded.error_message, error_field = excluded.error_field, "
      "error_detail = excluded.error_detail",
      {failure.id.value, failure.attempt, std::string_view(failure.worker), sql::ticks(failure.started_at),
       sql::ticks(time), to_string(failure.error.error_class), std::string_view(error.code),
       std::string_view(error.message), std::string_view(error.field), std::string_view(error.detail)}));
  return {};
}

Result<void> end_attempt(SqlConnection& connection, const Failure& failure, const Next& next,
                         Timestamp time) {
  FIT_CHECK(record_failure(connection, failure, time));
  const StoredError error(failure.error);
  std::optional<std::int64_t> finished_at;
  if (is_final(next.state)) finished_at = sql::ticks(time);
  FIT_CHECK(connection.execute(
      "UPDATE jobs SET state = $1, run_at = $2, attempt = attempt - $3, postponed = postponed + $3, lease = "
      "0, "
      "lease_until = 0, finished_at = $4, error_class = $5, error_code = $6, error_message = $7, "
      "error_field = $8, error_detail = $9 WHERE id = $10",
      {to_string(next.state), sql::ticks(next.run_at), std::int64_t{next.consumes_attempt ? 0 : 1},
       sql::nullable(finished_at), to_string(failure.error.error_class), std::string_view(error.code),
       std::string_view(error.message), std::string_view(error.field), std::string_view(error.detail),
       failure.id.value}));
  return {};
}

// The end of the attempts of one transaction.
class Finisher {
 public:
  Finisher(SqlConnection& connection, const QueueOptions& options, Timestamp time, Queue::Exchanged& done)
      : connection_(connection), options_(options), time_(time), done_(done) {}

  // Jobs of one lease that succeeded.
  Result<void> succeed(std::int64_t lease, std::span<const std::int64_t> ids) {
    std::unordered_set<std::int64_t> ended;
    FIT_CHECK(update_among(connection_,
                           "UPDATE jobs SET state = 'done', finished_at = $1, lease = 0, lease_until = 0 "
                           "WHERE state = 'running' AND lease = $2",
                           {sql::ticks(time_), lease}, "", ids,
                           [&ended](const SqlRow& row) { ended.insert(row.integer(0)); }));
    for (const std::int64_t id : ids) {
      if (!ended.contains(id)) done_.lost.push_back({id});
    }
    return {};
  }

  Result<void> give_back(const Finish& finish) {
    FIT_TRY(const std::int64_t count,
            connection_.execute(
                "UPDATE jobs SET state = 'waiting', attempt = attempt - 1, worker = '', lease = 0, "
                "lease_until = 0 WHERE id = $1 AND state = 'running' AND lease = $2",
                {finish.id.value, finish.lease}));
    if (count == 0) done_.lost.push_back(finish.id);
    return end_probe(connection_, finish.kind, finish.id, time_);
  }

  Result<void> cancel(const Finish& finish) {
    FIT_TRY(const std::int64_t count,
            connection_.execute(
                "UPDATE jobs SET state = 'cancelled', finished_at = $1, lease = 0, lease_until = 0 "
                "WHERE id = $2 AND state = 'running' AND lease = $3",
                {sql::ticks(time_), finish.id.value, finish.lease}));
    if (count == 0) done_.lost.push_back(finish.id);
    return end_probe(connection_, finish.kind, finish.id, time_);
  }

  Result<void> fail(const Finish& finish) {
    std::optional<Failure> failure;
    bool is_cancelled = false;
    std::int64_t postponed = 0;
    // Locks the row, so that nobody asks for its cancelling meanwhile.
    FIT_CHECK(connection_.query(
        "UPDATE jobs SET lease_until = 0 WHERE id = $1 AND state = 'running' AND lease = $2 "
        "RETURNING attempt, worker, started_at, cancel_requested, postponed",
        {finish.id.value, finish.lease}, [&](const SqlRow& row) {
          failure = {.id = finish.id,
                     .attempt = row.integer(0),
                     .worker = std::string(row.text(1)),
                     .started_at = sql::time_at(row, 2),
                     .error = finish.outcome.error};
          is_cancelled = row.integer(3) != 0;
          postponed = row.integer(4);
        }));
    if (!failure) {
      done_.lost.push_back(finish.id);
      return {};
    }
    Next next = next_of(finish, postponed);
    if (is_cancelled && !is_final(next.state)) next.state = State::kCancelled;
    if (next.state == State::kDead) done_.dead.push_back(finish.id);
    FIT_CHECK(end_attempt(connection_, *failure, next, time_));
    if (finish.outcome.error.error_class == ErrorClass::kDependency) {
      return open_breaker(connection_, options_, finish.kind, finish.id, finish.outcome.error, time_);
    }
    return end_probe(connection_, finish.kind, finish.id, time_);
  }

 private:
  Next next_of(const Finish& finish, std::int64_t postponed) const {
    const Next dead{.state = State::kDead, .run_at = time_};
    switch (finish.outcome.error.error_class) {
      case ErrorClass::kBadInput:
        return dead;
      case ErrorClass::kDependency:
        return {.run_at = time_ + backoff(options_, postponed), .consumes_attempt = false};
      case ErrorClass::kTransient:
      case ErrorClass::kLost:
        if (finish.attempt >= finish.max_attempts) return dead;
        return {.run_at = time_ + backoff(options_, finish.attempt - 1)};
    }
    return dead;
  }

  SqlConnection& connection_;
  const QueueOptions& options_;
  const Timestamp time_;
  Queue::Exchanged& done_;
};

// No lease that was given by this clock ends later: a clock that has jumped back does not keep the jobs of
// lost workers for as long as it jumped.
Timestamp latest_lease(const QueueOptions& options, Timestamp time) {
  constexpr int kMargin = 10;  // leases, so that workers renew theirs first
  return time + kMargin * options.lease;
}

}  // namespace

Result<bool> has_lost_jobs(SqlConnection& connection, const QueueOptions& options, Timestamp time) {
  FIT_TRY(const auto lost,
          connection.query_integer("SELECT 1 FROM jobs WHERE state = 'running' AND (lease_until < $1 OR "
                                   "lease_until > $2) LIMIT 1",
                                   {sql::ticks(time), sql::ticks(latest_lease(options, time))}));
  return lost.has_value();
}

Result<void> finish_jobs(SqlConnection& connection, const QueueOptions& options,
                         std::span<const Finish> finished, Timestamp time, Queue::Exchanged& done) {
  Finisher finisher(connection, options, time, done);
  std::map<std::int64_t, std::vector<std::int64_t>> succeeded;  // by lease
  std::set<std::string_view> kinds;                             // that have succeeded
  for (const Finish& finish : finished) {
    if (finish.outcome.kind != Outcome::Kind::kDone) continue;
    succeeded[finish.lease].push_back(finish.id.value);
    kinds.insert(finish.kind);
  }
  for (auto& [lease, ids] : succeeded) {
    std::ranges::sort(ids);
    FIT_CHECK(finisher.succeed(lease, ids));
  }
  for (const std::string_view kind : kinds) FIT_CHECK(close_breaker(connection, kind));
  for (const Finish& finish : finished) {
    switch (finish.outcome.kind) {
      case Outcome::Kind::kDone:
        break;
      case Outcome::Kind::kFailed:
        FIT_CHECK(finisher.fail(finish));
        break;
      case Outcome::Kind::kReleased:
        FIT_CHECK(finisher.give_back(finish));
        break;
      case Outcome::Kind::kCancelled:
        FIT_CHECK(finisher.cancel(finish));
        break;
    }
  }
  return {};
}

Result<void> free_lost_jobs(SqlConnection& connection, const QueueOptions& options, const Claim& claim,
                            Timestamp time) {
  struct Lost {
    Failure failure;
    std::int64_t max_attempts = 0;
    bool is_cancelled = false;
  };
  std::vector<Lost> all;
  const std::set<JobId> held(claim.held.begin(), claim.held.end());
  FIT_CHECK(connection.query(
      fit::format(
          "SELECT id, attempt, worker, started_at, max_attempts, cancel_requested FROM jobs WHERE "
          "state = 'running' AND (lease_until < $1 OR lease_until > $2) ORDER BY lease_until LIMIT $3{}",
          connection.dialect().skip_locked),
      {sql::ticks(time), sql::ticks(latest_lease(options, time)), sql::sql_limit(kMostFreed + held.size())},
      [&](const SqlRow& row) {
        if (row.text(2) == claim.worker && held.contains(JobId{row.integer(0)})) return;
        all.push_back(
            {.failure = {.id = {row.integer(0)},
                         .attempt = row.integer(1),
                         .worker = std::string(row.text(2)),
                         .started_at = sql::time_at(row, 3),
                         .error = {.error_class = ErrorClass::kLost,
                                   .code = std::string(to_string(ErrorCode::kUnavailable)),
                                   .message = "the worker ended or stood still during the attempt"}},
             .max_attempts = row.integer(4),
             .is_cancelled = row.integer(5) != 0});
      }));
  for (const Lost& lost : all) {
    Next next{.state = State::kWaiting, .run_at = time};
    if (lost.is_cancelled) {
      next.state = State::kCancelled;
    } else if (lost.failure.attempt >= lost.max_attempts) {
      next.state = State::kDead;
    }
    FIT_CHECK(end_attempt(connection, lost.failure, next, time));
  }
  return {};
}

}  // namespace fit::jobs
