#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace fit::jobs {

using JobId = Id<struct JobTag>;

// Where a job is on its way. Jobs begin as kWaiting or kDelayed; the states from kDone on are final.
enum class State : std::uint8_t {
  kWaiting,    // a worker may claim it
  kDelayed,    // waits for its run_at
  kRunning,    // a worker has it under a lease
  kDone,       // succeeded
  kDead,       // failed for good: a dead letter
  kCancelled,  // somebody cancelled it
  kRetried,    // a dead letter that another job does again
  kDiscarded,  // a dead letter that somebody has discarded
};
inline constexpr std::array<std::string_view, 8> kStateNames = {
    "waiting", "delayed", "running", "done", "dead", "cancelled", "retried", "discarded"};
std::string_view to_string(State state);
// kInvalid naming `field` for another name.
Result<State> parse_state(std::string_view field, std::string_view name);
constexpr bool is_final(State state) {
  return state >= State::kDone;
}

// What an error says about the next attempt.
enum class ErrorClass : std::uint8_t {
  kBadInput,    // "bad_input": no attempt can succeed; the job is dead at once
  kDependency,  // "dependency": something that the job needs is down; its queue pauses, no attempt is
                // consumed
  kTransient,   // "transient": everything else, bugs too; tried again with backoff
  kLost,        // "lost": the worker ended or stood still during the attempt
};
inline constexpr std::array<std::string_view, 4> kErrorClassNames = {"bad_input", "dependency", "transient",
                                                                     "lost"};
std::string_view to_string(ErrorClass error_class);
// kInvalid naming `field` for another name.
Result<ErrorClass> parse_error_class(std::string_view field, std::string_view name);

// The class of an error by its code. kMalformed, kNotFound, kForbidden, kUnauthorized, kTooLarge,
// kUnsupportedMedia and kInvalid are bad input; kUnavailable, kTooManyRequests and kStorageFull mean that a
// dependency is down; the rest is transient.
ErrorClass error_class_of(const Error& error);

// kInvalid naming `field` for a text that cannot name a kind: 1 to 63 of a-z 0-9 _ - .
Result<void> check_kind(std::string_view field, std::string_view kind);

inline constexpr std::int64_t kMaxPriority = 100;  // priorities go from -100 to 100
inline constexpr std::int64_t kDefaultMaxAttempts = 5;
inline constexpr std::size_t kMaxPayloadBytes = std::size_t{64} << 10U;

// A job to be added.
struct NewJob {
  std::string kind = {};        // names its handler and its queue, as check_kind() says
  std::string payload = "{}";   // JSON for the handler; at most kMaxPayloadBytes
  std::int64_t priority = 0;    // higher is sooner; one step is worth a minute of waiting
  std::string submitter = {};   // whose job it is, such as a principal's id; submitters share a queue evenly
  std::string unique_key = {};  // if not empty, a kind has at most one unfinished job with this key
  std::optional<Timestamp> run_at = {};  // not before
  std::int64_t max_attempts = kDefaultMaxAttempts;
};

// The job that an addition led to.
struct AddedJob {
  JobId id;
  bool is_new = true;  // false: an unfinished job of the same kind and unique_key, which was left as it is
};

// The error of a failed attempt.
struct JobError {
  ErrorClass error_class = ErrorClass::kTransient;
  std::string code = {};     // the name of an ErrorCode
  std::string message = {};  // safe to show to the client
  std::string field = {};    // as in Error
  std::string detail = {};   // private
};

// A stored job.
struct Job {
  JobId id;
  std::string kind = {};
  State state = State::kWaiting;
  std::string payload = {};
  std::int64_t priority = 0;
  std::string submitter = {};
  std::string unique_key = {};
  std::int64_t attempt = 0;  // attempts begun, the running one among them
  std::int64_t max_attempts = kDefaultMaxAttempts;
  Timestamp run_at = {};  // not before; the time of adding, unless the job was delayed
  Timestamp created_at = {};
  std::optional<Timestamp> started_at = {};   // of the latest attempt
  std::optional<Timestamp> finished_at = {};  // when the state became final
  std::string worker = {};                    // that has or had the latest attempt
  std::int64_t lease = 0;                     // the token of the attempt in progress
  bool is_cancel_requested = false;
  std::optional<JobError> error = {};      // of the latest failed attempt
  std::optional<JobId> retried_from = {};  // the dead letter that this job does again
  std::optional<JobId> retried_as = {};    // the job that does this dead letter again
  std::string traceparent = {};            // of the work that has added it; empty: it was not traced
};

// One failed attempt at a job.
struct Attempt {
  std::int64_t attempt = 0;
  std::string worker;
  Timestamp started_at;
  Timestamp ended_at;
  JobError error;
};

}  // namespace fit::jobs
