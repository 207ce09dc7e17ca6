#include "jobs/claim_jobs.h"

#include <algorithm>
#include <iterator>

#include "base/format.h"
#include "jobs/breakers.h"
#include "jobs/job_rows.h"
#include "sql/sql_times.h"

namespace fit::jobs {
namespace {

constexpr std::size_t kMostReleased = 1000;  // delayed jobs at a time

using sql::SqlConnection;
using sql::SqlRow;

// The claims of one transaction, under one lease.
class Claimer {
 public:
  Claimer(SqlConnection& connection, const QueueOptions& options, const Claim& claim, Timestamp time)
      : connection_(connection), options_(options), claim_(claim), time_(time) {}

  Result<std::vector<Job>> run() {
    FIT_TRY(const auto gates, queue_gates(connection_, options_, time_));
    std::vector<Job> claimed;
    for (const Claim::Kind& kind : claim_.kinds) {
      std::size_t limit = std::min(kind.limit, claim_.limit - claimed.size());
      const auto gate = gates.find(kind.kind);
      const bool is_probing = gate != gates.end() && gate->second.is_probing;
      if (limit == 0 || (gate != gates.end() && gate->second.is_closed)) continue;
      if (is_probing) limit = 1;
      FIT_TRY(auto jobs, first_jobs(kind.kind, limit));
      if (jobs.empty()) continue;
      if (is_probing) {
        FIT_TRY(const bool is_first, begin_probe(connection_, options_, kind.kind, time_));
        if (!is_first) continue;
        FIT_CHECK(name_probe(connection_, kind.kind, jobs.front().id));
      }
      FIT_CHECK(take(jobs));
      std::ranges::move(jobs, std::back_inserter(claimed));
    }
    return claimed;
  }

 private:
  Timestamp lease_until() const { return time_ + options_.lease; }

  Result<std::vector<Job>> first_jobs(const std::string& kind, std::size_t limit) {
    std::vector<Job> jobs;
    FIT_CHECK(connection_.query(
        fit::format("SELECT {} FROM jobs WHERE state = 'waiting' AND kind = $1 ORDER BY rank, id LIMIT $2{}",
                    kJobColumns, connection_.dialect().skip_locked),
        {std::string_view(kind), sql::sql_limit(limit)},
        [&jobs](const SqlRow& row) { jobs.push_back(job_of(row)); }));
    return jobs;
  }

  Result<void> take(std::vector<Job>& jobs) {
    const std::int64_t lease = random_number();
    std::vector<std::int64_t> ids;
    for (Job& job : jobs) {
      job.state = State::kRunning;
      ++job.attempt;
      job.worker = claim_.worker;
      job.lease = lease;
      job.started_at = time_;
      ids.push_back(job.id.value);
    }
    std::ranges::sort(ids);
    return update_among(
        connection_,
        "UPDATE jobs SET state = 'running', attempt = attempt + 1, worker = $1, lease = $2, "
        "lease_until = $3, started_at = $4 WHERE state = 'waiting'",
        {std::string_view(claim_.worker), lease, sql::ticks(lease_until()), sql::ticks(time_)}, "", ids,
        [](const SqlRow&) {});
  }

  SqlConnection& connection_;
  const QueueOptions& options_;
  const Claim& claim_;
  const Timestamp time_;
};

}  // namespace

Result<void> release_due_jobs(SqlConnection& connection, Timestamp time) {
  std::vector<std::int64_t> due;
  FIT_CHECK(connection.query(fit::format("SELECT id FROM jobs WHERE state = 'delayed' AND run_at <= $1 "
                                         "ORDER BY run_at LIMIT $2{}",
                                         connection.dialect().skip_locked),
                             {sql::ticks(time), sql::sql_limit(kMostReleased)},
                             [&due](const SqlRow& row) { due.push_back(row.integer(0)); }));
  std::ranges::sort(due);
  return update_among(connection, "UPDATE jobs SET state = 'waiting' WHERE state = 'delayed'", {}, "", due,
                      [](const SqlRow&) {});
}

Result<std::vector<Job>> claim_jobs(SqlConnection& connection, const QueueOptions& options,
                                    const Claim& claim, Timestamp time) {
  return Claimer(connection, options, claim, time).run();
}

}  // namespace fit::jobs
