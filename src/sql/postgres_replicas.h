#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sql/connection_pool.h"

namespace fit::sql {

// Sends reads to the standbys of a PostgreSQL primary in turn, and to the primary when no standby can serve.
// A standby can serve when it is reachable, holds the same database, has replayed everything that this
// process wrote (by the position in the write-ahead log), and has replayed what the primary had written
// max_lag ago. Reads check the positions of standbys and primary, every 200 ms at most. While the primary is
// not reachable, standbys continue to serve. Thread-safe; calls may block.
class PostgresReplicas final : public ReadSource {
 public:
  struct Options {
    std::chrono::milliseconds max_lag{10'000};
    std::string identity_sql;  // selects a text that differs between databases: "SELECT value FROM ..."
  };

  // The sessions of a standby, and its name in PoolStats.
  struct Named {
    std::string name;
    std::unique_ptr<ConnectionPool> pool;
  };
  PostgresReplicas(std::unique_ptr<ConnectionPool> primary, std::vector<Named> standbys, Options options);

  Result<Lease> acquire() override;
  Result<Lease> acquire_latest() override { return primary_->acquire(); }
  void wrote(SqlConnection& writer) override;
  PoolStats stats() override;

 private:
  using Clock = std::chrono::steady_clock;

  struct Standby {
    std::string name;
    std::unique_ptr<ConnectionPool> pool;
    Clock::time_point checked_at{};  // when the last check began
    std::int64_t replayed = 0;       // position in the log
    bool is_same_database = false;   // whether the last check reached it and found the same database
  };
  struct Sample {
    Clock::time_point time;
    std::int64_t written = 0;  // position in the log
  };

  // Whether the standby can serve a read now; checks it when a check is due.
  bool can_serve(Standby& standby);
  bool is_due(Standby& standby);
  void check(Standby& standby);
  void check_primary();
  bool is_fresh(const Standby& standby) const;
  std::chrono::milliseconds lag_of(const Standby& standby) const;

  const std::unique_ptr<ConnectionPool> primary_;
  const Options options_;
  std::mutex mutex_;
  std::vector<Standby> standbys_;  // all members except the pools are under the mutex, as are all below
  std::size_t next_ = 0;
  std::string identity_;              // of the primary's database
  std::int64_t required_ = 0;         // position in the log of this process's last write
  bool is_required_unknown_ = false;  // until the next check of the primary
  Clock::time_point primary_checked_at_{};
  std::deque<Sample> samples_;  // positions of the primary over the last two max_lag, the latest last
};

}  // namespace fit::sql
