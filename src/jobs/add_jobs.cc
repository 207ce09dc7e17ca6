#include "jobs/add_jobs.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/format.h"
#include "base/text.h"
#include "base/trace.h"
#include "jobs/insert_retry.h"
#include "sql/sql_times.h"

namespace fit::jobs {
namespace {

constexpr std::size_t kMaxTextBytes = 200;
constexpr std::int64_t kMostAttempts = 100;
constexpr std::chrono::seconds kSubmitterStep{10};  // between the ranks of two jobs of a submitter
constexpr std::chrono::minutes kPriorityStep{1};    // what one step of priority is worth in ranks

using sql::SqlConnection;
using sql::SqlRow;

Result<void> check_text(const char* field, const std::string& text) {
  if (text.size() > kMaxTextBytes) {
    return invalid(field, fit::format("must have at most {} bytes", kMaxTextBytes));
  }
  if (!is_utf8(text) || text.contains('\0')) return invalid(field, "is not valid UTF-8");
  return {};
}

Result<void> check(const NewJob& job) {
  FIT_CHECK(check_kind("kind", job.kind));
  FIT_CHECK(check_text("submitter", job.submitter));
  FIT_CHECK(check_text("unique_key", job.unique_key));
  if (job.priority < -kMaxPriority || job.priority > kMaxPriority) {
    return invalid("priority", fit::format("must be between {} and {}", -kMaxPriority, kMaxPriority));
  }
  if (job.max_attempts < 1 || job.max_attempts > kMostAttempts) {
    return invalid("max_attempts", fit::format("must be between 1 and {}", kMostAttempts));
  }
  if (job.payload.size() > kMaxPayloadBytes) {
    return Error{
        ErrorCode::kTooLarge, fit::format("must have at most {} bytes", kMaxPayloadBytes), "payload", {}};
  }
  if (!is_utf8(job.payload) || job.payload.contains('\0')) return invalid("payload", "is not valid UTF-8");
  return {};
}

// Gives the jobs of each submitter their times in a queue, one after the other.
class FairTimes {
 public:
  explicit FairTimes(SqlConnection& connection) : connection_(connection) {}

  Result<Timestamp> next(const NewJob& job, Timestamp ready_at) {
    const auto [entry, is_first] = latest_.try_emplace({job.kind, job.submitter}, Timestamp::min());
    if (is_first) {
      FIT_TRY(const auto stored,
              connection_.query_integer("SELECT fair_at FROM jobs WHERE state = 'waiting' AND kind = $1 AND "
                                        "submitter = $2 ORDER BY fair_at DESC LIMIT 1",
                                        {std::string_view(job.kind), std::string_view(job.submitter)}));
      if (stored) entry->second = Timestamp(std::chrono::microseconds(*stored));
    }
    const bool has_earlier = entry->second != Timestamp::min();
    entry->second = has_earlier ? std::max(ready_at, entry->second + kSubmitterStep) : ready_at;
    return entry->second;
  }

 private:
  SqlConnection& connection_;
  std::map<std::pair<std::string, std::string>, Timestamp> latest_;  // by kind and submitter
};

Result<std::optional<JobId>> unfinished(SqlConnection& connection, const NewJob& job) {
  FIT_TRY(const auto id, connection.query_integer(
                             "SELECT id FROM jobs WHERE kind = $1 AND unique_key = $2 AND unique_key <> '' "
                             "AND state IN ('waiting', 'delayed', 'running')",
                             {std::string_view(job.kind), std::string_view(job.unique_key)}));
  if (!id) return std::nullopt;
  return JobId{*id};
}

Result<AddedJob> insert(SqlConnection& connection, const NewJob& job, Timestamp time, Timestamp fair_at,
                        std::optional<JobId> retried_from) {
  const Timestamp run_at = std::max(job.run_at.value_or(time), time);
  const Timestamp rank = fair_at - job.priority * kPriorityStep;
  std::optional<std::int64_t> from;
  if (retried_from) from = retried_from->value;
  const std::string traceparent = current_work().trace.traceparent();
  // The unfinished job of the same key may end between the two statements; then the next insertion succeeds.
  for (int i = 0; i < 3; ++i) {
    FIT_TRY(const auto id,
            connection.query_integer(
                "INSERT INTO jobs (kind, state, payload, priority, fair_at, rank, submitter, unique_key, "
                "attempt, max_attempts, postponed, run_at, created_at, worker, lease, lease_until, "
                "cancel_requested, error_class, error_code, error_message, error_field, error_detail, "
                "retried_from, traceparent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, $10, $11, '', "
                "0, 0, "
                "0, '', '', '', '', '', $12, $13) ON CONFLICT DO NOTHING RETURNING id",
                {std::string_view(job.kind), to_string(run_at > time ? State::kDelayed : State::kWaiting),
                 std::string_view(job.payload), job.priority, sql::ticks(fair_at), sql::ticks(rank),
                 std::string_view(job.submitter), std::string_view(job.unique_key), job.max_attempts,
                 sql::ticks(run_at), sql::ticks(time), sql::nullable(from), std::string_view(traceparent)}));
    if (id) return AddedJob{.id = {*id}};
    FIT_TRY(const auto known, unfinished(connection, job));
    if (known) return AddedJob{.id = *known, .is_new = false};
  }
  return Error{ErrorCode::kUnavailable, "jobs with the same key come and go; try again", "unique_key", {}};
}

}  // namespace

Result<std::vector<AddedJob>> add_jobs(SqlConnection& connection, std::span<const NewJob> jobs,
                                       Timestamp time) {
  for (const NewJob& job : jobs) FIT_CHECK(check(job));
  FairTimes times(connection);
  std::vector<AddedJob> added;
  added.reserve(jobs.size());
  for (const NewJob& job : jobs) {
    FIT_TRY(const Timestamp fair_at, times.next(job, std::max(job.run_at.value_or(time), time)));
    FIT_TRY(added.emplace_back(), insert(connection, job, time, fair_at, std::nullopt));
  }
  return added;
}

Result<AddedJob> add_job(SqlConnection& connection, const NewJob& job, Timestamp time) {
  FIT_TRY(const auto added, add_jobs(connection, std::span(&job, 1), time));
  return added.front();
}

Result<AddedJob> insert_retry(SqlConnection& connection, const NewJob& job, Timestamp time,
                              JobId retried_from) {
  FairTimes times(connection);
  FIT_TRY(const Timestamp fair_at, times.next(job, time));
  return insert(connection, job, time, fair_at, retried_from);
}

}  // namespace fit::jobs
