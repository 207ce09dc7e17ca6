#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/redis_pool.h"
#include "cache/redis_script.h"
#include "jobs/messenger.h"
#include "jobs/queue.h"

namespace fit::jobs {

// Tells the workers of many processes by Redis (6.2 or newer) where jobs wait, so that workers without a job
// do not read the database.
//
// Each queue is a stream of tickets with a consumer group. A ticket permits one claim. A worker takes
// tickets, claims as many jobs in the database, the first by rank, and acknowledges the tickets when the
// claim is committed; a ticket that is not acknowledged within the time of a lease is taken by another
// worker. Jobs, leases, delays and outcomes are rows of the database. So a lost ticket delays a job until the
// next look into the database, and a ticket too many costs a claim that finds nothing. Redis may lose
// everything at any time.
//
// Thread-safe; calls block for a round trip. Borrows the pool and the metrics.
class RedisDispatch {
 public:
  struct Options {
    std::string queue_id;                     // names the database; the same in all its processes
    std::chrono::milliseconds lease{30'000};  // for which a ticket is a worker's
    std::chrono::milliseconds look_period{
        1'000};  // between two looks into the database, of all processes; 0: in each exchange
    std::size_t most_tickets = 2'000;  // of a queue at a time
  };
  struct Parts {
    cache::RedisPool& redis;
    Log log;
    Metrics& metrics;
  };
  RedisDispatch(Parts parts, Options options);
  RedisDispatch(const RedisDispatch&) = delete;
  RedisDispatch& operator=(const RedisDispatch&) = delete;

  // Tickets of one worker, by queue.
  struct Tickets {
    std::string kind;
    std::vector<std::string> ids;
  };
  struct Taken {
    std::vector<Tickets> tickets;
    bool is_short = false;  // more jobs wait than there are tickets: call Queue::top_up()
  };
  // Takes as many tickets as there are and the claim permits. nullopt while Redis is unavailable: the
  // database says what waits then.
  std::optional<Taken> take(const Claim& claim);
  // The claims of these tickets are committed. Tickets of a failed call come again after the lease.
  void acknowledge(std::span<const Tickets> tickets);

  // Whether this process is the one that looks into the database now: for jobs that have become due or lost
  // their worker, and for jobs without a ticket. One process does so in each look_period.
  bool may_look();

  // How many jobs of a queue may be claimed now, counted up to most_tickets().
  struct Waiting {
    std::string kind;
    std::size_t jobs = 0;
  };
  // Adds the tickets that are missing, and wakes the workers of all processes if there were any.
  void top_up(std::span<const Waiting> queues);

  std::size_t most_tickets() const { return options_.most_tickets; }

  // Announcements that reach all processes: sending tops the tickets up.
  Messenger::Channel channel(Queue& queue);

 private:
  std::string stream_of(std::string_view kind) const;
  std::optional<std::string> run(const cache::RedisScript& script, std::span<const std::string> keys,
                                 std::span<const std::string> arguments);
  void note_stream(const std::string& kind, bool is_new);

  const Parts parts_;
  const Options options_;
  const std::string prefix_;  // of all keys
  const std::string capped_;  // the key that says of which streams more jobs wait than there are tickets
  const std::string channel_;
  const cache::RedisScript take_;
  const cache::RedisScript acknowledge_;
  const cache::RedisScript top_up_;
  Gauge& is_used_;
  Counter& rebuilt_;

  std::mutex mutex_;
  std::set<std::string> seen_;  // kinds whose stream this process has used
  std::chrono::steady_clock::time_point next_look_;
  std::atomic<bool> is_refused_ = false;  // by the last call
};

// Checks that Redis writes an append-only file, without which each restart loses all tickets. kInvalid naming
// QUEUE_BACKEND when it does not. Only a warning is logged when the file is not flushed with each write, and
// when Redis cannot be reached, which is no error because the database has the jobs.
Result<void> check_persistence(cache::RedisPool& redis, const Log& log);

}  // namespace fit::jobs
