#pragma once

#include <span>

#include "base/clock.h"
#include "jobs/queue.h"
#include "sql/sql_connection.h"

namespace fit::jobs {

// Ends attempts within a write transaction, and reports into `done` which jobs the worker had lost and which
// became dead letters.
Result<void> finish_jobs(sql::SqlConnection& connection, const QueueOptions& options,
                         std::span<const Finish> finished, Timestamp time, Queue::Exchanged& done);

// Frees the jobs whose leases have ended, except those that `claim.held` names: they wait again, or are dead
// after their last attempt.
Result<void> free_lost_jobs(sql::SqlConnection& connection, const QueueOptions& options, const Claim& claim,
                            Timestamp time);

// Whether there is such a job.
Result<bool> has_lost_jobs(sql::SqlConnection& connection, const QueueOptions& options, Timestamp time);

}  // namespace fit::jobs
