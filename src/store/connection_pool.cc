#include "store/connection_pool.h"

namespace fit::store {

ConnectionPool::Lease ConnectionPool::acquire() {
  std::unique_lock lock(mutex_);
  released_.wait(lock, [this] { return !free_.empty(); });
  // The last one given back has the warmest cache.
  auto connection = std::move(free_.back());
  free_.pop_back();
  return {*this, std::move(connection)};
}

ConnectionPool::Lease::~Lease() {
  {
    const std::lock_guard lock(pool_.mutex_);
    pool_.free_.push_back(std::move(connection_));
  }
  pool_.released_.notify_one();
}

}  // namespace fit::store
