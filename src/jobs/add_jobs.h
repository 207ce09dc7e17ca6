#pragma once

#include <span>
#include <vector>

#include "base/clock.h"
#include "jobs/job.h"
#include "sql/sql_connection.h"

namespace fit::jobs {

// Adds jobs within the caller's write transaction (Ordering::kUnordered suffices): they exist once it
// commits, together with whatever else it wrote. Afterwards the caller calls Queue::announce(), so that
// workers need not wait for their next look. Jobs are returned in the order given. Blocks.
//
// Workers claim the jobs of a queue in ascending order of their rank. A job's rank is the time of its adding,
// at least 10 s after that of its submitter's latest waiting job in the queue, less a minute for each step of
// its priority. So submitters share a queue evenly, however many jobs one of them adds at once, and a job
// overtakes another of a lower priority only if it is not too much younger.
//
// kInvalid naming the member for a kind, priority, max_attempts (1 to 100), submitter or unique_key (at most
// 200 bytes) outside their ranges, kTooLarge for the payload; the errors of the connection. After an error
// the caller rolls the transaction back.
Result<std::vector<AddedJob>> add_jobs(sql::SqlConnection& connection, std::span<const NewJob> jobs,
                                       Timestamp time = now());
Result<AddedJob> add_job(sql::SqlConnection& connection, const NewJob& job, Timestamp time = now());

}  // namespace fit::jobs
