#include <limits>
#include <map>

#include "base/format.h"
#include "jobs/finish_jobs.h"
#include "jobs/job_rows.h"
#include "jobs/queue.h"
#include "sql/sql_times.h"

namespace fit::jobs {
namespace {

using sql::SqlConnection;
using sql::SqlRow;

Attempt attempt_of(const SqlRow& row) {
  return {.attempt = row.integer(0),
          .worker = std::string(row.text(1)),
          .started_at = sql::time_at(row, 2),
          .ended_at = sql::time_at(row, 3),
          .error = error_of(row, 4).value_or(JobError{})};
}

using States = std::map<std::string, QueueState>;

QueueState& state_of(States& states, std::string_view name) {
  QueueState& state = states[std::string(name)];
  state.name = name;
  return state;
}

// Each count reads the index of its state.
Result<void> count_jobs(SqlConnection& connection, States& states) {
  FIT_CHECK(
      connection.query("SELECT kind, COUNT(*), MIN(run_at) FROM jobs WHERE state = 'waiting' GROUP BY kind",
                       {}, [&states](const SqlRow& row) {
                         QueueState& state = state_of(states, row.text(0));
                         state.waiting = row.integer(1);
                         state.oldest_waiting = sql::time_at(row, 2);
                       }));
  const auto count = [&](const char* sql, std::int64_t QueueState::* member) {
    return connection.query(sql, {}, [&states, member](const SqlRow& row) {
      state_of(states, row.text(0)).*member = row.integer(1);
    });
  };
  FIT_CHECK(
      count("SELECT kind, COUNT(*) FROM jobs WHERE state = 'delayed' GROUP BY kind", &QueueState::delayed));
  FIT_CHECK(
      count("SELECT kind, COUNT(*) FROM jobs WHERE state = 'running' GROUP BY kind", &QueueState::running));
  return count("SELECT kind, COUNT(*) FROM jobs WHERE state = 'dead' GROUP BY kind", &QueueState::dead);
}

Result<void> read_pauses(SqlConnection& connection, Timestamp time, States& states) {
  return connection.query(
      "SELECT kind, paused, paused_until, reason, failures, retry_at, failure FROM job_queues "
      "WHERE paused <> 0 OR failures > 0",
      {}, [&](const SqlRow& row) {
        QueueState& state = state_of(states, row.text(0));
        state.breaker_failures = row.integer(4);
        const auto until = sql::optional_time_at(row, 2);
        if (row.integer(1) != 0 && (!until || *until > time)) {
          state.is_paused = true;
          state.paused_until = until;
          state.pause_reason = row.text(3);
        } else if (state.breaker_failures > 0) {
          state.is_paused = sql::time_at(row, 5) > time;
          if (state.is_paused) state.paused_until = sql::time_at(row, 5);
          state.pause_reason = row.text(6);
        }
      });
}

// A condition with a literal for the state, so that the database uses the index of the state.
std::string list_sql(const JobQuery& query) {
  std::string sql = fit::format(
      "SELECT {} FROM jobs WHERE id < $1 AND ($2 = '' OR kind = $2) AND "
      "($3 = '' OR submitter = $3) AND ($4 = '' OR error_class = $4)",
      kJobColumns);
  if (query.state) sql += fit::format(" AND state = '{}'", to_string(*query.state));
  if (query.finished_from || query.finished_until) sql += " AND finished_at >= $5 AND finished_at < $6";
  sql += query.finished_from || query.finished_until ? " ORDER BY id DESC LIMIT $7"
                                                     : " ORDER BY id DESC LIMIT $5";
  return sql;
}

// Whether a job has become due or has lost its worker.
Result<bool> has_due_at(SqlConnection& connection, const QueueOptions& options, Timestamp time) {
  FIT_TRY(const auto due,
          connection.query_integer("SELECT 1 FROM jobs WHERE state = 'delayed' AND run_at <= $1 LIMIT 1",
                                   {sql::ticks(time)}));
  if (due) return true;
  return has_lost_jobs(connection, options, time);
}

Result<bool> has_work_at(SqlConnection& connection, const QueueOptions& options, Timestamp time) {
  FIT_TRY(const auto waiting,
          connection.query_integer("SELECT 1 FROM jobs WHERE state = 'waiting' LIMIT 1", {}));
  if (waiting) return true;
  return has_due_at(connection, options, time);
}

}  // namespace

Result<bool> has_work(SqlConnection& connection) {
  FIT_TRY(const Timestamp time, queue_time(connection));
  return has_work_at(connection, {}, time);
}

Result<bool> Queue::has_work() {
  return database_.read_without_transaction([this](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const Timestamp at, time(connection));
    return has_work_at(connection, options_, at);
  });
}

Result<bool> Queue::has_due() {
  return database_.read_without_transaction([this](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const Timestamp at, time(connection));
    return has_due_at(connection, options_, at);
  });
}

Result<Job> Queue::find(JobId id) {
  return database_.read([id](SqlConnection& connection) { return read_job(connection, id); });
}

Result<std::vector<Attempt>> Queue::attempts(JobId id) {
  return database_.read([id](SqlConnection& connection) -> Result<std::vector<Attempt>> {
    std::vector<Attempt> attempts;
    FIT_CHECK(connection.query(
        "SELECT attempt, worker, started_at, ended_at, error_class, error_code, "
        "error_message, error_field, error_detail FROM job_attempts WHERE job_id = $1 "
        "ORDER BY attempt",
        {id.value}, [&attempts](const SqlRow& row) { attempts.push_back(attempt_of(row)); }));
    return attempts;
  });
}

Result<std::vector<Job>> Queue::list(const JobQuery& query) {
  return database_.read([&query](SqlConnection& connection) -> Result<std::vector<Job>> {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    std::vector<sql::SqlValue> values = {
        query.before > 0 ? query.before : kMost, std::string_view(query.kind),
        std::string_view(query.submitter),
        query.error_class ? to_string(*query.error_class) : std::string_view()};
    if (query.finished_from || query.finished_until) {
      values.emplace_back(query.finished_from ? sql::ticks(*query.finished_from) : std::int64_t{0});
      values.emplace_back(query.finished_until ? sql::ticks(*query.finished_until) : kMost);
    }
    values.emplace_back(sql::sql_limit(query.limit));
    std::vector<Job> jobs;
    FIT_CHECK(connection.query(list_sql(query), values,
                               [&jobs](const SqlRow& row) { jobs.push_back(job_of(row)); }));
    return jobs;
  });
}

Result<std::vector<QueueState>> Queue::queues() {
  return database_.read([this](SqlConnection& connection) -> Result<std::vector<QueueState>> {
    FIT_TRY(const Timestamp at, time(connection));
    States states;
    FIT_CHECK(count_jobs(connection, states));
    FIT_CHECK(read_pauses(connection, at, states));
    std::vector<QueueState> list;
    for (auto& [name, state] : states) list.push_back(std::move(state));
    return list;
  });
}

}  // namespace fit::jobs
