#include "sql/database.h"

namespace fit::sql {

Result<Lease> Database::begin_write(Ordering ordering) {
  const bool is_ordered = is_on_ordered_session(ordering);
  if (is_ordered && ordered_writer_.load() == std::this_thread::get_id()) {
    return internal("the work of a write transaction began another one", {});
  }
  ConnectionPool& pool = is_ordered ? *pools_.ordered : *pools_.unordered;
  for (bool is_retry = false;; is_retry = true) {
    FIT_TRY(auto connection, pool.acquire());
    auto begun = connection->begin_write(ordering);
    if (begun) {
      if (is_ordered) ordered_writer_ = std::this_thread::get_id();
      return connection;
    }
    if (is_retry || !connection->is_broken()) return std::move(begun).error();
  }
}

void Database::end_write(Ordering ordering) {
  if (is_on_ordered_session(ordering)) ordered_writer_ = std::thread::id();
}

std::optional<Error> Database::damage() const {
  const std::lock_guard lock(damage_mutex_);
  return damage_;
}

void Database::note_damage(Error error) {
  const std::lock_guard lock(damage_mutex_);
  if (!damage_) damage_ = std::move(error);
}

void Database::forget_damage() {
  const std::lock_guard lock(damage_mutex_);
  damage_.reset();
}

PoolStats Database::pool_stats() {
  PoolStats stats = pools_.readers->stats();
  stats.writes_waiting = pools_.ordered->stats().waiting;
  if (pools_.unordered != nullptr) stats.writes_waiting += pools_.unordered->stats().waiting;
  return stats;
}

}  // namespace fit::sql
