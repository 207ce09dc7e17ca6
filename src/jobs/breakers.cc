#include "jobs/breakers.h"

#include <algorithm>

#include "jobs/job_rows.h"
#include "sql/sql_times.h"

namespace fit::jobs {
namespace {

constexpr std::size_t kMaxReasonBytes = 500;
constexpr std::int64_t kMostPauseDoublings = 20;

using sql::SqlConnection;
using sql::SqlRow;

struct Breaker {
  std::int64_t failures = 0;
  std::int64_t probe = 0;
};

Result<Breaker> read_breaker(SqlConnection& connection, std::string_view kind) {
  // The row exists from here on, and no other worker changes it until the end of the transaction.
  FIT_CHECK(connection.execute(
      "INSERT INTO job_queues (kind, paused, paused_until, reason, failures, retry_at, probe, failure) "
      "VALUES ($1, 0, NULL, '', 0, 0, 0, '') ON CONFLICT (kind) DO UPDATE SET kind = excluded.kind",
      {kind}));
  Breaker breaker;
  FIT_CHECK(connection.query(
      "SELECT failures, probe FROM job_queues WHERE kind = $1", {kind},
      [&breaker](const SqlRow& row) { breaker = {.failures = row.integer(0), .probe = row.integer(1)}; }));
  return breaker;
}

// No pause that was begun by this clock ends later.
Timestamp latest_pause(const QueueOptions& options, Timestamp time) {
  constexpr int kMargin = 2;
  return time + kMargin * std::max(options.longest_breaker, options.lease);
}

}  // namespace

Result<std::unordered_map<std::string, QueueGate>> queue_gates(SqlConnection& connection,
                                                               const QueueOptions& options, Timestamp time) {
  std::unordered_map<std::string, QueueGate> gates;
  FIT_CHECK(connection.query(
      "SELECT kind, paused, paused_until, failures, retry_at FROM job_queues WHERE paused <> 0 OR failures > "
      "0",
      {}, [&](const SqlRow& row) {
        const bool is_paused = row.integer(1) != 0 && (row.is_null(2) || sql::time_at(row, 2) > time);
        const bool is_open = row.integer(3) > 0;
        const Timestamp retry_at = sql::time_at(row, 4);
        const bool waits = is_open && retry_at > time && retry_at <= latest_pause(options, time);
        gates[std::string(row.text(0))] = {.is_closed = is_paused || waits, .is_probing = is_open};
      }));
  return gates;
}

Result<bool> begin_probe(SqlConnection& connection, const QueueOptions& options, std::string_view kind,
                         Timestamp time) {
  FIT_TRY(
      const std::int64_t count,
      connection.execute("UPDATE job_queues SET retry_at = $1, probe = 0 WHERE kind = $2 AND failures > 0 "
                         "AND (retry_at <= $3 OR retry_at > $4)",
                         {sql::ticks(time + options.lease), kind, sql::ticks(time),
                          sql::ticks(latest_pause(options, time))}));
  return count > 0;
}

Result<void> name_probe(SqlConnection& connection, std::string_view kind, JobId id) {
  FIT_CHECK(connection.execute("UPDATE job_queues SET probe = $1 WHERE kind = $2", {id.value, kind}));
  return {};
}

Result<void> close_breaker(SqlConnection& connection, std::string_view kind) {
  FIT_CHECK(
      connection.execute("UPDATE job_queues SET failures = 0, retry_at = 0, probe = 0, failure = '' WHERE "
                         "kind = $1 AND failures > 0",
                         {kind}));
  return {};
}

Result<void> open_breaker(SqlConnection& connection, const QueueOptions& options, std::string_view kind,
                          JobId id, const JobError& error, Timestamp time) {
  FIT_TRY(const Breaker breaker, read_breaker(connection, kind));
  if (breaker.failures > 0 && breaker.probe != id.value) return {};
  const auto doublings = std::min(breaker.failures, kMostPauseDoublings);
  const auto pause = std::min<std::chrono::microseconds>(options.breaker * (std::int64_t{1} << doublings),
                                                         options.longest_breaker);
  const std::string failure = storable(error.message, kMaxReasonBytes);
  FIT_CHECK(connection.execute(
      "UPDATE job_queues SET failures = $1, retry_at = $2, probe = 0, failure = $3 WHERE kind = $4",
      {breaker.failures + 1, sql::ticks(time + pause), std::string_view(failure), kind}));
  return {};
}

Result<void> end_probe(SqlConnection& connection, std::string_view kind, JobId id, Timestamp time) {
  FIT_CHECK(
      connection.execute("UPDATE job_queues SET retry_at = $1, probe = 0 WHERE kind = $2 AND probe = $3",
                         {sql::ticks(time), kind, id.value}));
  return {};
}

}  // namespace fit::jobs
