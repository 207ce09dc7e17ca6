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

// A session that is given back at the end to its pool, which must live so long. A broken one is closed, and
// with it those that lie idle there, which broke with the same server.
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

// Where reads get their sessions. Thread-safe; calls may block.
class ReadSource {
 public:
  virtual ~ReadSource() = default;

  virtual Result<Lease> acquire() = 0;

  // A session whose state of the database is the latest; for what failed on another.
  virtual Result<Lease> acquire_latest() { return acquire(); }

  // Reads that are acquired from now on see the write that the session has just committed.
  virtual void wrote(SqlConnection& /*writer*/) {}

  virtual PoolStats stats() = 0;
};

// Sessions that threads borrow one at a time, opened when they are needed. Thread-safe; must outlive its
// leases.
class ConnectionPool final : public ReadSource {
 public:
  using Open = std::function<Result<std::unique_ptr<SqlConnection>>()>;

  struct Options {
    std::size_t size = 1;                                   // sessions that are kept; at least 1
    std::size_t overflow = 0;                               // more at times of need, closed afterwards
    std::chrono::milliseconds wait{std::chrono::hours(1)};  // for a free session
  };

  ConnectionPool(Open open, const Options& options) : open_(std::move(open)), options_(options) {}

  // Blocks until a session is free, or can be opened. kUnavailable when none became free in time. When none
  // can be opened, waits for one that another call has; without any, answers the error of opening. After a
  // failure none is tried for a while that doubles with each failure, from 50 ms to 2 s: a server that comes
  // back is not met by a storm.
  Result<Lease> acquire() override;

  PoolStats stats() override;

 private:
  friend class Lease;
  using Clock = std::chrono::steady_clock;

  // Null when it failed, and then refused_ says why; leaves the mutex meanwhile.
  std::unique_ptr<SqlConnection> open_one(std::unique_lock<std::mutex>& lock);
  void give_back(std::unique_ptr<SqlConnection> connection);

  const Open open_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable released_;
  std::vector<std::unique_ptr<SqlConnection>> free_;
  std::size_t open_count_ = 0;  // lent, free and being opened
  std::size_t waiting_ = 0;
  std::optional<Error> refused_;  // why the last attempt to open failed
  Clock::time_point retry_at_{};
  std::chrono::milliseconds backoff_{0};
};

}  // namespace fit::sql
