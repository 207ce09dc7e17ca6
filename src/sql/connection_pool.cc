#include "sql/connection_pool.h"

#include <algorithm>
#include <utility>

namespace fit::sql {
namespace {

constexpr std::chrono::milliseconds kFirstBackoff{50};
constexpr std::chrono::milliseconds kLongestBackoff{2000};
constexpr std::size_t kOpenedAtOnce = 2;

}  // namespace

Result<Lease> ConnectionPool::acquire() {
  const auto give_up = Clock::now() + options_.wait;
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!free_.empty()) {
      // The last one given back has the warmest cache.
      auto connection = std::move(free_.back());
      free_.pop_back();
      return Lease(*this, std::move(connection));
    }
    const auto time = Clock::now();
    const bool may_open = open_count_ < options_.size + options_.overflow && opening_ < kOpenedAtOnce;
    if (may_open && !(refused_ && time < retry_at_)) {
      if (auto connection = open_one(lock)) return Lease(*this, std::move(connection));
    }
    // The session of another call may become free; where there is none, there is nothing to wait for.
    if (refused_ && open_count_ == 0) return *refused_;
    if (time >= give_up) {
      return Error{ErrorCode::kUnavailable, "all connections to the database are busy; try again", {}, {}};
    }
    ++waiting_;
    released_.wait_until(lock, refused_ && may_open ? std::min(give_up, retry_at_) : give_up);
    --waiting_;
  }
}

std::unique_ptr<SqlConnection> ConnectionPool::open_one(std::unique_lock<std::mutex>& lock) {
  ++open_count_;
  ++opening_;
  lock.unlock();
  auto opened = open_();
  lock.lock();
  --opening_;
  if (opened) {
    refused_.reset();
    backoff_ = {};
    // A waiting call may open the next session now.
    released_.notify_one();
    return *std::move(opened);
  }
  --open_count_;
  refused_ = opened.error();
  backoff_ = std::clamp(backoff_ * 2, kFirstBackoff, kLongestBackoff);
  retry_at_ = Clock::now() + backoff_;
  released_.notify_all();
  return nullptr;
}

void ConnectionPool::give_back(std::unique_ptr<SqlConnection> connection) {
  std::vector<std::unique_ptr<SqlConnection>> closed;
  {
    const std::lock_guard lock(mutex_);
    if (connection->is_broken()) {
      std::swap(closed, free_);
      closed.push_back(std::move(connection));
    } else if (free_.size() >= options_.size && waiting_ == 0) {
      closed.push_back(std::move(connection));
    } else {
      free_.push_back(std::move(connection));
    }
    open_count_ -= closed.size();
    // Waiting calls open a session themselves, or fail.
    if (!closed.empty()) released_.notify_all();
  }
  released_.notify_one();
}

PoolStats ConnectionPool::stats() {
  const std::lock_guard lock(mutex_);
  return {.open = open_count_,
          .busy = open_count_ - free_.size(),
          .waiting = waiting_,
          .writes_waiting = 0,
          .replicas = {}};
}

Lease::~Lease() {
  if (connection_ != nullptr) pool_->give_back(std::move(connection_));
}

}  // namespace fit::sql
