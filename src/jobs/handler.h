#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>

#include "jobs/job.h"

namespace fit::jobs {

// Does the jobs of one kind. A job may run more than once, also at the same time as a late attempt of a lost
// worker, so its effects must be idempotent.
struct Handler {
  std::string kind;
  // Runs on a worker's thread, several calls at a time. The stop is requested when the job is cancelled or
  // lost, or the program ends: the call then returns kCancelled soon, or finishes if it is nearly done.
  // Returns an error for a failed attempt. An exception is a failed attempt, too.
  std::function<Result<void>(const Job& job, const std::stop_token& stop)> run;
  std::size_t concurrency = 0;  // jobs of the kind at a time in this process; 0: as many as there are threads
  // Says what an error means for the next attempt.
  std::function<ErrorClass(const Error& error)> classify = &error_class_of;
};

}  // namespace fit::jobs
