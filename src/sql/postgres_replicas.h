#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sql/connection_pool.h"

namespace fit::sql {

// Sends reads to standbys of a PostgreSQL primary in turn, and to the primary where none will do: a standby
// must be reachable, must be of the same catalogue, must have replayed all that this process wrote (by the
// position in the write-ahead log), and may not be behind the primary by more than max_lag: it has replayed
// what the primary had written that long ago. Standbys and primary are looked at every 200 ms at most, by
// reads that come then. While the primary cannot be asked, standbys go on answering. Thread-safe.
class PostgresReplicas final : public ReadSource {
 public:
  struct Options {
    std::chrono::milliseconds max_lag{10'000};
  };

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
    Clock::time_point looked_at{};  // or will have been, when somebody is at it
    std::int64_t replayed = 0;      // position in the log
    bool is_ours = false;           // it answered, with the same catalogue
  };
  struct Sample {
    Clock::time_point time;
    std::int64_t written = 0;  // position in the log
  };

  // Whether the standby may answer a read now; looks at it when that is due.
  bool will_do(Standby& standby);
  bool is_due(Standby& standby);
  void look_at(Standby& standby);
  void look_at_primary();
  bool is_near(const Standby& standby) const;
  std::chrono::milliseconds lag_of(const Standby& standby) const;

  const std::unique_ptr<ConnectionPool> primary_;
  const Options options_;
  std::mutex mutex_;
  std::vector<Standby> standbys_;  // all but the pools under the mutex, as all below
  std::size_t next_ = 0;
  std::string store_id_;            // of the primary's catalogue
  std::int64_t must_have_ = 0;      // position in the log of this process's last write
  bool must_have_unknown_ = false;  // until the primary has been looked at again
  Clock::time_point primary_looked_at_{};
  std::deque<Sample> samples_;  // of the primary, the latest last; of the last two max_lag
};

}  // namespace fit::sql
