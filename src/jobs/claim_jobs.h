#pragma once

#include <vector>

#include "base/clock.h"
#include "jobs/queue.h"
#include "sql/sql_connection.h"

namespace fit::jobs {

// Makes delayed jobs whose time has come wait for a worker, within a write transaction.
Result<void> release_due_jobs(sql::SqlConnection& connection, Timestamp time);

// Claims jobs within a write transaction, as Queue::claim() says.
Result<std::vector<Job>> claim_jobs(sql::SqlConnection& connection, const QueueOptions& options,
                                    const Claim& claim, Timestamp time);

}  // namespace fit::jobs
