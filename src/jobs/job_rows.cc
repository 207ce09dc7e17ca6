#include "jobs/job_rows.h"

#include <algorithm>

#include "base/format.h"
#include "base/secure_random.h"
#include "base/text.h"
#include "sql/sql_times.h"

namespace fit::jobs {

using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

namespace {

std::optional<JobId> optional_id(const SqlRow& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return JobId{row.integer(column)};
}

}  // namespace

// A name that a newer version has written is read as the first of its kind that does no harm.
std::optional<JobError> error_of(const SqlRow& row, int first) {
  if (row.text(first).empty()) return std::nullopt;
  return JobError{.error_class = parse_error_class("", row.text(first)).value_or(ErrorClass::kTransient),
                  .code = std::string(row.text(first + 1)),
                  .message = std::string(row.text(first + 2)),
                  .field = std::string(row.text(first + 3)),
                  .detail = std::string(row.text(first + 4))};
}

Job job_of(const SqlRow& row) {
  Job job;
  job.id = {row.integer(0)};
  job.kind = row.text(1);
  job.state = parse_state("", row.text(2)).value_or(State::kDiscarded);
  job.payload = row.text(3);
  job.priority = row.integer(4);
  job.submitter = row.text(5);
  job.unique_key = row.text(6);
  job.attempt = row.integer(7);
  job.max_attempts = row.integer(8);
  job.run_at = sql::time_at(row, 9);
  job.created_at = sql::time_at(row, 10);
  job.started_at = sql::optional_time_at(row, 11);
  job.finished_at = sql::optional_time_at(row, 12);
  job.worker = row.text(13);
  job.lease = row.integer(14);
  job.is_cancel_requested = row.integer(15) != 0;
  job.error = error_of(row, 16);
  job.retried_from = optional_id(row, 21);
  job.retried_as = optional_id(row, 22);
  job.traceparent = row.text(23);
  return job;
}

Result<Timestamp> queue_time(SqlConnection& connection) {
  const std::string_view server_time = connection.dialect().server_time;
  if (server_time.empty()) return now();
  FIT_TRY(const auto ticks, connection.query_integer(fit::format("SELECT {}", server_time), {}));
  return Timestamp(std::chrono::microseconds(ticks.value_or(0)));
}

Result<Job> read_job(SqlConnection& connection, JobId id) {
  std::optional<Job> found;
  FIT_CHECK(connection.query(fit::format("SELECT {} FROM jobs WHERE id = $1", kJobColumns), {id.value},
                             [&found](const SqlRow& row) { found = job_of(row); }));
  if (!found) return not_found("there is no job " + id.str());
  return *std::move(found);
}

Result<void> update_among(SqlConnection& connection, std::string_view head,
                          std::initializer_list<SqlValue> fixed, std::string_view tail,
                          std::span<const std::int64_t> ids, const SqlConnection::Visitor& visit) {
  sql::IdList list(ids);
  for (auto piece = list.next(fixed); !piece.values.empty(); piece = list.next(fixed)) {
    FIT_CHECK(
        connection.query(fit::format("{} AND id IN ({}) RETURNING id{}", head, piece.placeholders, tail),
                         piece.values, visit));
  }
  return {};
}

std::string storable(std::string_view text, std::size_t max_bytes) {
  std::string stored(utf8_prefix(text, max_bytes));
  const bool is_valid = is_utf8(stored);
  for (char& byte : stored) {
    if (byte == '\0' || (!is_valid && static_cast<unsigned char>(byte) >= 0x80U)) byte = '?';
  }
  return stored;
}

std::int64_t random_number() {
  return std::max<std::int64_t>(static_cast<std::int64_t>(secure_random_number() >> 1U), 1);
}

}  // namespace fit::jobs
