#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "jobs/job.h"
#include "jobs/queue.h"
#include "sql/sql_connection.h"

namespace fit::jobs {

// The circuit breakers of queues (Nygard, "Release It!", 2007), as rows of job_queues: all workers share
// them. A breaker opens when a job fails because a dependency is down, and closes when a job of the queue
// succeeds. While it is open, one job at a time is claimed after each pause, the probe. Functions run within
// a write transaction.

// What claims of a queue must heed.
struct QueueGate {
  bool is_closed = false;   // no job may be claimed now
  bool is_probing = false;  // one job may be claimed, as the probe
};
// The gates of queues at a time. A queue that is not among them is open. A pause that ends later than any
// that this clock has begun is over: a clock that has jumped back does not lengthen it.
Result<std::unordered_map<std::string, QueueGate>> queue_gates(sql::SqlConnection& connection,
                                                               const QueueOptions& options, Timestamp time);

// Makes a job the probe of its queue for the time of a lease, in which it must have ended. False: another
// worker was first.
Result<bool> begin_probe(sql::SqlConnection& connection, const QueueOptions& options, std::string_view kind,
                         Timestamp time);
Result<void> name_probe(sql::SqlConnection& connection, std::string_view kind, JobId id);

// A job of the queue succeeded.
Result<void> close_breaker(sql::SqlConnection& connection, std::string_view kind);

// A job of the queue has failed because a dependency is down. Opens the breaker, for twice as long if the job
// was the probe; does nothing for other jobs while it is open.
Result<void> open_breaker(sql::SqlConnection& connection, const QueueOptions& options, std::string_view kind,
                          JobId id, const JobError& error, Timestamp time);

// A job of the queue has ended in another way. If it was the probe, another one may follow at once.
Result<void> end_probe(sql::SqlConnection& connection, std::string_view kind, JobId id, Timestamp time);

}  // namespace fit::jobs
