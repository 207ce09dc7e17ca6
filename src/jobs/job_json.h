#pragma once

#include <cstdint>
#include <vector>

#include "base/json.h"
#include "jobs/job.h"
#include "jobs/queue.h"

namespace fit::jobs {

// Who reads the JSON of a job: callers of the API, or somebody who may read the log and so the workers and
// the private details of errors, too.
enum class Reader : std::uint8_t { kCaller, kOperator };

// A job with the names of the API, without its payload.
Json job_json(const Job& job, Reader reader = Reader::kCaller);

// The same with the payload and the failed attempts.
Json job_json(const Job& job, const std::vector<Attempt>& attempts, Reader reader = Reader::kCaller);

Json queue_json(const QueueState& queue);

}  // namespace fit::jobs
