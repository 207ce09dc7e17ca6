#include "sql/postgres_replicas.h"

#include <algorithm>

namespace fit::sql {
namespace {

constexpr std::chrono::milliseconds kLookEvery{200};
constexpr std::chrono::milliseconds kLookForWrites{10};  // while a standby lacks a write of ours

constexpr std::string_view kWritten =
    "SELECT pg_current_wal_flush_lsn(), (SELECT value FROM store_meta WHERE name = 'store_id')";
// One that was promoted has everything.
constexpr std::string_view kReplayed =
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END, "
    "(SELECT value FROM store_meta WHERE name = 'store_id')";

struct Place {
  std::int64_t position = 0;
  std::string store_id;
};

Result<Place> place_of(SqlConnection& connection, std::string_view sql) {
  Place place;
  FIT_CHECK(connection.query(sql, {}, [&place](const SqlRow& row) {
    place = {.position = row.integer(0), .store_id = std::string(row.text(1))};
  }));
  return place;
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
    if (!will_do(standby)) continue;
    auto lease = standby.pool->acquire();
    if (lease) return lease;
    const std::lock_guard lock(mutex_);
    standby.is_ours = false;
  }
  return primary_->acquire();
}

void PostgresReplicas::wrote(SqlConnection& writer) {
  const auto place = place_of(writer, kWritten);
  const std::lock_guard lock(mutex_);
  if (place) {
    must_have_ = std::max(must_have_, place->position);
  } else {
    must_have_unknown_ = true;
  }
}

bool PostgresReplicas::will_do(Standby& standby) {
  if (is_due(standby)) {
    look_at_primary();
    look_at(standby);
  }
  const std::lock_guard lock(mutex_);
  return standby.is_ours && !must_have_unknown_ && standby.replayed >= must_have_ && is_near(standby);
}

bool PostgresReplicas::is_due(Standby& standby) {
  const std::lock_guard lock(mutex_);
  const auto every = standby.is_ours && standby.replayed < must_have_ ? kLookForWrites : kLookEvery;
  const auto time = Clock::now();
  if (time - standby.looked_at < every) return false;
  // Others that come meanwhile go by what was known before.
  standby.looked_at = time;
  return true;
}

void PostgresReplicas::look_at(Standby& standby) {
  std::optional<Place> place;
  {
    const auto lease = standby.pool->acquire();
    if (lease) {
      if (auto answer = place_of(**lease, kReplayed)) place = *std::move(answer);
    }
  }
  const std::lock_guard lock(mutex_);
  standby.is_ours = place && place->store_id == store_id_ && !store_id_.empty();
  if (place) standby.replayed = place->position;
}

void PostgresReplicas::look_at_primary() {
  {
    const std::lock_guard lock(mutex_);
    const auto time = Clock::now();
    if (time - primary_looked_at_ < kLookEvery) return;
    primary_looked_at_ = time;
  }
  // The time before the question: the position is at least as new.
  const auto time = Clock::now();
  Result<Place> place = Place{};
  {
    const auto lease = primary_->acquire();
    if (!lease) return;
    place = place_of(**lease, kWritten);
  }
  if (!place) return;
  const std::lock_guard lock(mutex_);
  store_id_ = place->store_id;
  if (must_have_unknown_) must_have_ = std::max(must_have_, place->position);
  must_have_unknown_ = false;
  samples_.push_back({time, place->position});
  while (samples_.size() > 1 && samples_[1].time <= time - 2 * options_.max_lag) samples_.pop_front();
}

bool PostgresReplicas::is_near(const Standby& standby) const {
  // The newest sample that is old enough, or the first that there is.
  if (samples_.empty()) return true;
  const auto after =
      std::ranges::upper_bound(samples_, primary_looked_at_ - options_.max_lag, {}, &Sample::time);
  return standby.replayed >= (after == samples_.begin() ? after : std::prev(after))->written;
}

// The age of the oldest write that it has not replayed.
std::chrono::milliseconds PostgresReplicas::lag_of(const Standby& standby) const {
  const auto lacking = std::ranges::upper_bound(samples_, standby.replayed, {}, &Sample::written);
  if (lacking == samples_.end()) return {};
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::max(standby.looked_at - lacking->time, Clock::duration{}));
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
  const std::int64_t latest = std::max(must_have_, samples_.empty() ? 0 : samples_.back().written);
  for (const Standby& standby : standbys_) {
    stats.replicas.push_back({.name = standby.name,
                            .is_used = standby.is_ours && !must_have_unknown_ &&
                                       standby.replayed >= must_have_ && is_near(standby),
                            .lag_bytes = std::max<std::int64_t>(0, latest - standby.replayed),
                            .lag = lag_of(standby)});
  }
  return stats;
}

}  // namespace fit::sql
