#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "store/sql_connection.h"

namespace fit::store {

// Sessions that threads borrow one at a time, opened when they are needed. Thread-safe; must outlive its
// leases.
class ConnectionPool {
 public:
  using Open = std::function<Result<std::unique_ptr<SqlConnection>>()>;

  struct Options {
    std::size_t size = 1;                                   // sessions that are kept; at least 1
    std::size_t overflow = 0;                               // more at times of need, closed afterwards
    std::chrono::milliseconds wait{std::chrono::hours(1)};  // for a free session
  };

  ConnectionPool(Open open, const Options& options) : open_(std::move(open)), options_(options) {}

  // Gives the session back at its end. A broken one is closed, and with it those that lie idle, which broke
  // with the same server.
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

  // Blocks until a session is free, or can be opened. kUnavailable when none became free in time; else the
  // error of opening one. After a failure to open, the same error is answered at once for a while that
  // doubles with each failure, from 50 ms to 2 s: a server that comes back is not met by a storm.
  Result<Lease> acquire();

  struct Use {
    std::size_t open = 0;
    std::size_t busy = 0;
    std::size_t waiting = 0;
  };
  Use use();

 private:
  using Clock = std::chrono::steady_clock;

  Result<Lease> open_one();
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

}  // namespace fit::store
