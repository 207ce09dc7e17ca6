#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/sql_connection.h"

namespace fit::store {

// Sessions that threads borrow one at a time. Thread-safe; must outlive its leases.
class ConnectionPool {
 public:
  using Sessions = std::vector<std::unique_ptr<SqlConnection>>;

  explicit ConnectionPool(Sessions sessions) : free_(std::move(sessions)) {}

  // Gives the session back at its end.
  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<SqlConnection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();

    SqlConnection& operator*() const { return *connection_; }

   private:
    ConnectionPool& pool_;
    std::unique_ptr<SqlConnection> connection_;
  };

  // Blocks until a session is free.
  Lease acquire();

 private:
  std::mutex mutex_;
  std::condition_variable released_;
  Sessions free_;
};

}  // namespace fit::store
