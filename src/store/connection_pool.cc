#include "store/connection_pool.h"

#include <algorithm>
#include <utility>

namespace fit::store {
namespace {

constexpr std::chrono::milliseconds kFirstBackoff{50};
constexpr std::chrono::milliseconds kLongestBackoff{2000};

}  // namespace

Result<ConnectionPool::Lease> ConnectionPool::acquire() {
  {
    std::unique_lock lock(mutex_);
    const auto is_possible = [this] {
      return !free_.empty() || open_count_ < options_.size + options_.overflow;
    };
    ++waiting_;
    const bool in_time = released_.wait_for(lock, options_.wait, is_possible);
    --waiting_;
    if (!in_time) {
      return Error{ErrorCode::kUnavailable, "all connections to the database are busy; try again", {}, {}};
    }
    if (!free_.empty()) {
      // The last one given back has the warmest cache.
      auto connection = std::move(free_.back());
      free_.pop_back();
      return Lease(*this, std::move(connection));
    }
    if (refused_ && Clock::now() < retry_at_) return *refused_;
    ++open_count_;
  }
  return open_one();
}

Result<ConnectionPool::Lease> ConnectionPool::open_one() {
  auto opened = open_();
  {
    const std::lock_guard lock(mutex_);
    if (opened) {
      refused_.reset();
      backoff_ = {};
    } else {
      --open_count_;
      refused_ = opened.error();
      backoff_ = std::clamp(backoff_ * 2, kFirstBackoff, kLongestBackoff);
      retry_at_ = Clock::now() + backoff_;
    }
  }
  if (opened) return Lease(*this, *std::move(opened));
  released_.notify_one();
  return std::move(opened).error();
}

void ConnectionPool::give_back(std::unique_ptr<SqlConnection> connection) {
  std::vector<std::unique_ptr<SqlConnection>> closed;
  {
    const std::lock_guard lock(mutex_);
    if (connection->is_broken()) {
      std::swap(closed, free_);
      closed.push_back(std::move(connection));
    } else if (open_count_ > options_.size && waiting_ == 0) {
      closed.push_back(std::move(connection));
    } else {
      free_.push_back(std::move(connection));
    }
    open_count_ -= closed.size();
  }
  released_.notify_one();
}

ConnectionPool::Use ConnectionPool::use() {
  const std::lock_guard lock(mutex_);
  return {.open = open_count_, .busy = open_count_ - free_.size(), .waiting = waiting_};
}

ConnectionPool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->give_back(std::move(connection_));
}

}  // namespace fit::store
