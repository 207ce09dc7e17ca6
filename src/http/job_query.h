#pragma once

#include "base/result.h"
#include "http/message.h"
#include "jobs/queue.h"

namespace fit::http {

// Reads the query parameters of a list of jobs: kind, state, error_class, submitter, from, until (times of
// the end), before (an id) and limit (1 to 1,000, by default 100). kInvalid naming the parameter.
Result<jobs::JobQuery> job_query(const Request& request);

// A page of jobs: "jobs", and "next_before" where there may be more.
Response job_page(const jobs::JobQuery& query, const std::vector<jobs::Job>& jobs);

// The job that the path names by {id}. kInvalid naming "id".
Result<jobs::JobId> job_id_of(const Request& request);

}  // namespace fit::http
