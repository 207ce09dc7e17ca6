#include "sql/postgres_replicas.h"

#include <algorithm>

#include "base/format.h"

namespace fit::sql {
namespace {

constexpr std::chrono::milliseconds kCheckEvery{200};
constexpr std::chrono::milliseconds kCheckForWrites{10};  // while a standby lacks a write of this process

constexpr std::string_view kWritten = "pg_current_wal_flush_lsn()";
// A standby that was promoted has everything.
constexpr std::string_view kReplayed =
    "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END";

// How far a server's copy of a database goes.
struct WalPosition {
  std::int64_t position = 0;  // in the write-ahead log
  std::string identity;       // of the database
};

Result<WalPosition> read_position(SqlConnection& connection, std::string_view position,
                                  std::string_view identity_sql) {
  WalPosition read;
  FIT_CHECK(connection.query(fit::format("SELECT {}, ({})", position, identity_sql), {},
                             [&read](const SqlRow& row) {
                               read = {.position = row.integer(0), .identity = std::string(row.text(1))};
                             }));
  return read;
}

}  // namespace

PostgresReplicas::PostgresReplicas(std::unique_ptr<ConnectionPool> primary, std::vector<Named> standbys,
                                   Options options)
    : primary_(std::move(primary)), options_(options) {
  for (auto& [name, pool] : standbys) standbys_.push_back({.name = std::move(name), .pool = std::move(pool)});
}

Result<Lease> PostgresReplicas::acquire() {
  std::size_t first = 0;
  {
    const std::lock_guard lock(mutex_);
    first = next_++;
  }
  for (std::size_t i = 0; i < standbys_.size(); ++i) {
    Standby& standby = standbys_[(first + i) % standbys_.size()];
    if (!can_serve(standby)) continue;
    auto lease = standby.pool->acquire();
    if (lease) return lease;
    const std::lock_guard lock(mutex_);
    standby.is_same_database = false;
  }
  return primary_->acquire();
}

void PostgresReplicas::wrote(SqlConnection& writer) {
  const auto place = read_position(writer, kWritten, options_.identity_sql);
  const std::lock_guard lock(mutex_);
  if (place) {
    required_ = std::max(required_, place->position);
  } else {
    is_required_unknown_ = true;
  }
}

bool PostgresReplicas::can_serve(Standby& standby) {
  if (is_due(standby)) {
    check_primary();
    check(standby);
  }
  const std::lock_guard lock(mutex_);
  return standby.is_same_database && !is_required_unknown_ && standby.replayed >= required_ &&
         is_fresh(standby);
}

bool PostgresReplicas::is_due(Standby& standby) {
  const std::lock_guard lock(mutex_);
  const auto every = standby.is_same_database && standby.replayed < required_ ? kCheckForWrites : kCheckEvery;
  const auto time = Clock::now();
  if (time - standby.checked_at < every) return false;
  // Concurrent reads use the result of the previous check.
  standby.checked_at = time;
  return true;
}

void PostgresReplicas::check(Standby& standby) {
  std::optional<WalPosition> place;
  {
    const auto lease = standby.pool->acquire();
    if (lease) {
      if (auto read = read_position(**lease, kReplayed, options_.identity_sql)) place = *std::move(read);
    }
  }
  const std::lock_guard lock(mutex_);
  standby.is_same_database = place && place->identity == identity_ && !identity_.empty();
  if (place) standby.replayed = place->position;
}

void PostgresReplicas::check_primary() {
  {
    const std::lock_guard lock(mutex_);
    const auto time = Clock::now();
    if (time - primary_checked_at_ < kCheckEvery) return;
    primary_checked_at_ = time;
  }
  // The time is taken before the query, so that the position is at least as new.
  const auto time = Clock::now();
  Result<WalPosition> place = WalPosition{};
  {
    const auto lease = primary_->acquire();
    if (!lease) return;
    place = read_position(**lease, kWritten, options_.identity_sql);
  }
  if (!place) return;
  const std::lock_guard lock(mutex_);
  identity_ = place->identity;
  if (is_required_unknown_) required_ = std::max(required_, place->position);
  is_required_unknown_ = false;
  samples_.push_back({time, place->position});
  while (samples_.size() > 1 && samples_[1].time <= time - 2 * options_.max_lag) samples_.pop_front();
}

bool PostgresReplicas::is_fresh(const Standby& standby) const {
  // The newest sample that is at least max_lag old, or the first one.
  if (samples_.empty()) return true;
  const auto after =
      std::ranges::upper_bound(samples_, primary_checked_at_ - options_.max_lag, {}, &Sample::time);
  return standby.replayed >= (after == samples_.begin() ? after : std::prev(after))->written;
}

// The age of the oldest write that the standby has not replayed.
std::chrono::milliseconds PostgresReplicas::lag_of(const Standby& standby) const {
  const auto lacking = std::ranges::upper_bound(samples_, standby.replayed, {}, &Sample::written);
  if (lacking == samples_.end()) return {};
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::max(standby.checked_at - lacking->time, Clock::duration{}));
}

PoolStats PostgresReplicas::stats() {
  PoolStats stats = primary_->stats();
  for (const Standby& standby : standbys_) {
    const PoolStats of_standby = standby.pool->stats();
    stats.open += of_standby.open;
    stats.busy += of_standby.busy;
    stats.waiting += of_standby.waiting;
  }
  const std::lock_guard lock(mutex_);
  const std::int64_t latest = std::max(required_, samples_.empty() ? 0 : samples_.back().written);
  for (const Standby& standby : standbys_) {
    stats.replicas.push_back({.name = standby.name,
                              .is_used = standby.is_same_database && !is_required_unknown_ &&
                                         standby.replayed >= required_ && is_fresh(standby),
                              .lag_bytes = std::max<std::int64_t>(0, latest - standby.replayed),
                              .lag = lag_of(standby)});
  }
  return stats;
}

}  // namespace fit::sql
