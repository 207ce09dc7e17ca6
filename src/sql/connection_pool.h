#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "sql/pool_stats.h"
#include "sql/sql_connection.h"

namespace fit::sql {

class ConnectionPool;

// A borrowed session, which returns to its pool when the lease ends; the pool must outlive the lease. A
// broken session is closed instead, and with it the pool's idle sessions, which broke with the same server.
// For one thread at a time.
class Lease {
 public:
  Lease(ConnectionPool& pool, std::unique_ptr<SqlConnection> connection)
      : pool_(&pool), connection_(std::move(connection)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  SqlConnection& operator*() const { return *connection_; }
  SqlConnection* operator->() const { return connection_.get(); }

 private:
  ConnectionPool* pool_;
  std::unique_ptr<SqlConnection> connection_;  // null once moved away
};

// Lends the sessions of reads. Thread-safe; calls may block.
class ReadSource {
 public:
  virtual ~ReadSource() = default;

  // kUnavailable when no session became free in time; the errors of opening one.
  virtual Result<Lease> acquire() = 0;

  // Lends a session with the latest state of the database, for a read that failed on another session.
  virtual Result<Lease> acquire_latest() { return acquire(); }

  // Makes sessions that are acquired from now on see the write that `writer` has just committed.
  virtual void wrote(SqlConnection& /*writer*/) {}

  // Cheap.
  virtual PoolStats stats() = 0;
};

// A pool of sessions, opened when they are needed; each is lent to one call at a time. Two sessions are
// opened at a time: the calls of a burst then share the sessions that become free meanwhile, instead of
// opening one each. Thread-safe.
class ConnectionPool final : public ReadSource {
 public:
  using Open = std::function<Result<std::unique_ptr<SqlConnection>>()>;

  struct Options {
    std::size_t size = 1;      // sessions that stay open while they are free; at least 1
    std::size_t overflow = 0;  // further sessions while all are busy, closed when `size` others are free
    std::chrono::milliseconds wait{std::chrono::hours(1)};  // the longest wait for a free session
  };

  ConnectionPool(Open open, const Options& options) : open_(std::move(open)), options_(options) {}

  // Blocks until a session is free or can be opened. kUnavailable when none became free in time. When no
  // session can be opened, waits for one that another call has; if there is none, returns the error of
  // opening. After a failed attempt the pool opens no session for a time that doubles with each failure, from
  // 50 ms to 2 s, so that a server that comes back is not overrun.
  Result<Lease> acquire() override;

  PoolStats stats() override;

 private:
  friend class Lease;
  using Clock = std::chrono::steady_clock;

  // Opens a session with the mutex unlocked; null when that failed, with the error in refused_.
  std::unique_ptr<SqlConnection> open_one(std::unique_lock<std::mutex>& lock);
  void give_back(std::unique_ptr<SqlConnection> connection);

  const Open open_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable released_;
  std::vector<std::unique_ptr<SqlConnection>> free_;
  std::size_t open_count_ = 0;  // sessions that are lent, free or being opened
  std::size_t opening_ = 0;     // of open_count_, those that are being opened
  std::size_t waiting_ = 0;
  std::optional<Error> refused_;  // the error of the last attempt to open; nothing after a success
  Clock::time_point retry_at_{};
  std::chrono::milliseconds backoff_{0};
};

}  // namespace fit::sql
