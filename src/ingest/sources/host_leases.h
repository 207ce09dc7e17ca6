#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "sql/database.h"

namespace fit::ingest {

// Says which process may ask a host, over all processes that work on a database (table host_leases). A
// process takes the host's lease before a request and gives it back afterwards, with the delay and the pause
// that the next request must heed, whichever process sends it. A lease ends by itself: a process that was
// killed keeps others from a host for as long as `lease` at most. Leases are for processes; the threads of
// one take turns by HostThrottle. Thread-safe; calls block. Errors: as for sql::Database.
class HostLeases {
 public:
  using Milliseconds = std::chrono::milliseconds;

  struct Options {
    // How long a host is a process's without a sign of life. Longer than a request, or than the silence of a
    // request that calls keep().
    Milliseconds lease{45'000};
    // This process is alone on the database: leases from before its first request are those of a process
    // that has ended.
    bool is_alone = false;
    // Empty: the database server's clock on PostgreSQL, this machine's on SQLite.
    std::function<Timestamp()> clock = {};
  };
  explicit HostLeases(sql::Database& database) : HostLeases(database, Options()) {}
  HostLeases(sql::Database& database, Options options);
  HostLeases(const HostLeases&) = delete;
  HostLeases& operator=(const HostLeases&) = delete;

  // The answer to a process that wants to ask.
  struct Answer {
    bool is_taken = false;  // the lease is this process's
    Milliseconds wait{0};   // when to try again; 0 when it is taken
    Milliseconds pause{0};  // how much of `wait` is a pause that the host has asked for
  };
  // Takes the lease of a host ("shop.example:8443"), unless another process may be asking it, or the host's
  // last request by another process ended less than `min_delay`, or less than that request's own delay, ago.
  Result<Answer> take(const std::string& host, Milliseconds min_delay);

  // Extends the lease of a request that takes long. Quick unless a third of the lease has passed since
  // `renewed`, which it then sets.
  Result<void> keep(const std::string& host, std::chrono::steady_clock::time_point& renewed);

  // Gives the lease back after a request. `delay` is the least time until the next one, `pause` what is left
  // of the host's pause.
  Result<void> give_back(const std::string& host, Milliseconds delay, Milliseconds pause);

 private:
  struct Row;
  Result<Timestamp> time(sql::SqlConnection& connection) const;
  Timestamp started_at(Timestamp time);
  Answer answer_of(const Row& row, Timestamp time, Milliseconds min_delay);
  Result<bool> take_over(sql::SqlConnection& connection, const std::string& host,
                         const std::optional<Row>& row, Timestamp time) const;

  sql::Database& database_;
  const Options options_;
  const std::int64_t owner_;  // of this object's leases
  std::mutex mutex_;
  std::optional<Timestamp> started_at_;  // when it took its first lease
};

}  // namespace fit::ingest
