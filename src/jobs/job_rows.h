#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "jobs/job.h"
#include "sql/sql_connection.h"

namespace fit::jobs {

// The columns that job_of() reads, for SELECT.
inline constexpr std::string_view kJobColumns =
    "id, kind, state, payload, priority, submitter, unique_key, attempt, max_attempts, run_at, created_at, "
    "started_at, finished_at, worker, lease, cancel_requested, error_class, error_code, error_message, "
    "error_field, error_detail, retried_from, retried_as, traceparent";
Job job_of(const sql::SqlRow& row);

// Reads the five error columns from `first` on; nullopt where there is no error.
std::optional<JobError> error_of(const sql::SqlRow& row, int first);

// The time of leases and delays: the database server's on PostgreSQL, this machine's on SQLite.
Result<Timestamp> queue_time(sql::SqlConnection& connection);

// Reads one job within a transaction. kNotFound.
Result<Job> read_job(sql::SqlConnection& connection, JobId id);

// Runs "HEAD AND id IN (ids) RETURNING id TAIL" piece by piece, where HEAD has the `fixed` parameters, and
// calls `visit` for each row. No id may occur twice.
Result<void> update_among(sql::SqlConnection& connection, std::string_view head,
                          std::initializer_list<sql::SqlValue> fixed, std::string_view tail,
                          std::span<const std::int64_t> ids, const sql::SqlConnection::Visitor& visit);

// A text that both engines store, of at most `max_bytes`: valid UTF-8 without NUL.
std::string storable(std::string_view text, std::size_t max_bytes);

// A positive number that nobody else draws, for leases and names.
std::int64_t random_number();

}  // namespace fit::jobs
