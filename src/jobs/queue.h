#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/add_jobs.h"
#include "jobs/job.h"
#include "sql/database.h"

namespace fit::jobs {

class RedisDispatch;

// The end of one attempt, or why it did not take place.
struct Outcome {
  enum class Kind : std::uint8_t {
    kDone,       // succeeded
    kFailed,     // failed with `error`, which decides what comes next
    kReleased,   // given back untouched or half-done: no attempt is consumed
    kCancelled,  // stopped because cancelling was requested
  };
  Kind kind = Kind::kDone;
  JobError error = {};  // of kFailed
};

// A job as a worker had it, with the outcome of its attempt.
struct Finish {
  JobId id;
  std::string kind;
  std::int64_t lease = 0;
  std::int64_t attempt = 0;
  std::int64_t max_attempts = kDefaultMaxAttempts;
  Outcome outcome;
};

// What a worker asks for.
struct Claim {
  std::string worker;  // the id of the process, different at each start
  struct Kind {
    std::string kind;
    std::size_t limit = 1;  // jobs of the kind
  };
  std::vector<Kind> kinds;  // in the order in which `limit` is used up
  std::size_t limit = 1;    // jobs altogether; 0: none is claimed
  // The jobs that the worker has. It does not lose them to itself, even where a clock has jumped beyond their
  // leases.
  std::vector<JobId> held = {};
};

// One queue: the jobs of a kind.
struct QueueState {
  std::string name;  // the kind
  std::int64_t waiting = 0;
  std::int64_t delayed = 0;
  std::int64_t running = 0;
  std::int64_t dead = 0;
  std::optional<Timestamp> oldest_waiting = {};  // when the oldest waiting job became ready
  bool is_paused = false;                        // no job is claimed now
  std::optional<Timestamp> paused_until = {};    // nullopt with is_paused: until it is resumed
  std::string pause_reason = {};                 // of whoever paused it, or the error that opened the breaker
  std::int64_t breaker_failures = 0;  // consecutive failures of a dependency; 0: the breaker is closed
};

// Which jobs are listed.
struct JobQuery {
  std::string kind = {};                         // empty: all
  std::optional<State> state = {};               // nullopt: all
  std::optional<ErrorClass> error_class = {};    // of the latest failed attempt; nullopt: all
  std::string submitter = {};                    // empty: all
  std::optional<Timestamp> finished_from = {};   // finished at or after
  std::optional<Timestamp> finished_until = {};  // finished before
  std::int64_t before = 0;                       // jobs with smaller ids; 0: all
  std::size_t limit = 100;
};

struct QueueOptions {
  std::chrono::milliseconds lease{30'000};   // how long a job is a worker's without a sign of life
  std::chrono::milliseconds backoff{1'000};  // the longest delay after the first failure; doubles with each
  std::chrono::milliseconds longest_backoff{1'800'000};
  std::chrono::milliseconds breaker{1'000};  // the first pause of a queue whose dependency is down; doubles
  std::chrono::milliseconds longest_breaker{60'000};
  // The time of leases and delays; empty: the database server's clock on PostgreSQL, this machine's on
  // SQLite.
  std::function<Timestamp()> clock = {};
  RedisDispatch* dispatch = nullptr;  // says where jobs wait; null: each worker looks into the database
};

// Whether a job waits, has become due or has lost its worker, in any queue of a database, by the time of
// leases that is the default. Cheap.
Result<bool> has_work(sql::SqlConnection& connection);

// The durable queue of jobs, in the tables of a database. An attempt at a job runs at least once: a worker
// that ends during it, or gives no sign of life for the time of the lease, loses the job to another one, and
// its own late finish is refused. Thread-safe; calls block. Writes are durable when a call returns. Errors
// besides those named: as for sql::Database. Borrows the database.
class Queue {
 public:
  explicit Queue(sql::Database& database, QueueOptions options = {});
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // Adds jobs in a transaction of their own and announces them; the errors of add_jobs().
  Result<std::vector<AddedJob>> add(std::span<const NewJob> jobs);
  Result<AddedJob> add(const NewJob& job);

  // Wakes the workers of this process, and soon those of others: jobs were added. Does not block.
  void announce();
  // Makes announce() call a function, which must be quick and thread-safe, until forget() with the number
  // that is returned. forget() waits for a call in progress.
  std::uint64_t on_announce(std::function<void()> wake);
  void forget(std::uint64_t registration);

  // Makes jobs due that were delayed, and jobs of lost workers free; then gives the worker the first jobs of
  // the queues that are not paused, in the order of claims. A queue whose breaker is open and whose pause has
  // passed gives one job, the probe. With a RedisDispatch, one process in a second does the first part, and a
  // worker gets at most as many jobs as it takes tickets. Writes nothing where nothing is to be done.
  Result<std::vector<Job>> claim(const Claim& claim);

  // Ends attempts and claims others, in one transaction. Returns in `lost` the jobs that the worker had lost
  // meanwhile: their outcomes are dropped. Each lease of `finished` must come from claim().
  struct Exchanged {
    std::vector<Job> claimed;
    std::vector<JobId> lost;
    std::vector<JobId> dead;  // finished jobs that became dead letters
  };
  Result<Exchanged> exchange(std::span<const Finish> finished, const Claim& claim);

  // Ends one attempt. kConflict when the worker has lost the job; nothing is changed then.
  Result<void> finish(const Job& job, const Outcome& outcome);

  // The same for this queue.
  Result<bool> has_work();

  // With a RedisDispatch: adds the tickets that are missing for the jobs that may be claimed now. Cheap,
  // however many jobs wait. Without one it does nothing.
  Result<void> top_up();

  // Extends the leases of jobs. Returns what their worker must stop.
  struct Renewed {
    std::vector<JobId> lost;       // another worker may have it
    std::vector<JobId> cancelled;  // somebody requested its cancelling
  };
  Result<Renewed> renew(std::span<const Job> jobs);

  // Which of these jobs somebody wants to cancel.
  Result<std::vector<JobId>> cancel_requests(std::span<const JobId> ids);

  // Ends the leases of all running jobs, whoever has them, for a database that only this process works on.
  // Returns their number.
  Result<std::int64_t> end_leases();

  // Cancels a job: at once when no worker has it, otherwise when its worker notices. kNotFound; kConflict
  // when its state is final.
  Result<Job> cancel(JobId id);

  // kNotFound for an unknown id.
  Result<Job> find(JobId id);
  // Failed attempts in their order; none for an unknown id. One that was not consumed leaves its number to
  // the next, which replaces it.
  Result<std::vector<Attempt>> attempts(JobId id);
  Result<std::vector<Job>> list(const JobQuery& query);  // the latest first

  // Every queue that has jobs or is paused, by name.
  Result<std::vector<QueueState>> queues();
  // Stops claims from a queue until a time, or until resume(). Running jobs go on. kInvalid naming "name" for
  // a text that is no kind.
  Result<void> pause(std::string_view kind, std::optional<Timestamp> until, std::string_view reason);
  // Also closes the breaker.
  Result<void> resume(std::string_view kind);

  // Does a dead letter again: adds a job with the same settings, and links the two. Returns the new job, or
  // the unfinished one with the same unique key. kNotFound; kConflict when the job is no dead letter.
  Result<AddedJob> retry(JobId id);
  // Gives a dead letter up. kNotFound; kConflict when the job is no dead letter.
  Result<void> discard(JobId id);

  // Removes jobs that are done, cancelled, retried or discarded since before a time, at most `limit`. Dead
  // letters stay. Returns the number.
  Result<std::int64_t> prune(Timestamp before, std::size_t limit);

  const QueueOptions& options() const { return options_; }

 private:
  Result<Timestamp> time(sql::SqlConnection& connection) const;
  Result<Exchanged> exchange_rows(std::span<const Finish> finished, const Claim& claim);
  Result<Exchanged> exchange_with_tickets(std::span<const Finish> finished, const Claim& claim);
  Result<void> look(const Claim& claim);
  Result<bool> has_due();
  static Result<void> take_dead_letter(sql::SqlConnection& connection, JobId id, State state, Timestamp at);

  sql::Database& database_;
  const QueueOptions options_;

  std::mutex mutex_;
  std::uint64_t last_registration_ = 0;
  std::map<std::uint64_t, std::function<void()>> wakes_;
};

}  // namespace fit::jobs
