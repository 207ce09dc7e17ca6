#pragma once

#include "base/clock.h"
#include "jobs/job.h"
#include "sql/sql_connection.h"

namespace fit::jobs {

// Adds a job that does a dead letter again, as add_job() does, with the settings that the dead letter has.
Result<AddedJob> insert_retry(sql::SqlConnection& connection, const NewJob& job, Timestamp time,
                              JobId retried_from);

}  // namespace fit::jobs
