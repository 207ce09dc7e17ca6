#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/scope_exit.h"
#include "sql/connection_pool.h"
#include "sql/pool_stats.h"
#include "sql/sql_connection.h"

namespace fit::sql {

// A database with its pools of connections, and the transactions in which work on it runs. Thread-safe; calls
// block. Work is a function of a SqlConnection& that returns a Result; it must not keep the connection. Calls
// return the error of the work or of the session, and kUnavailable when no session became free in time.
class Database {
 public:
  // `ordered` has one connection: the writer of this process. `unordered` has the connections of unordered
  // writes; null where the engine has one writer at a time, and all writes go through `ordered`.
  struct Pools {
    std::unique_ptr<ConnectionPool> ordered;
    std::unique_ptr<ConnectionPool> unordered;
    std::unique_ptr<ReadSource> readers;
  };
  explicit Database(Pools pools) : pools_(std::move(pools)) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs work(connection) in a read transaction, which sees one state of the database throughout. When the
  // session is lost or a standby cancels the work, the work runs once more on another session.
  template <class Work>
  auto read(const Work& work) -> decltype(work(std::declval<SqlConnection&>())) {
    return read_on_session([&work](SqlConnection& connection) -> decltype(work(connection)) {
      FIT_TRY(const auto transaction, Transaction::read(connection));
      return work(connection);
    });
  }

  // Runs work(connection) without a transaction around it: each statement is its own transaction. The work is
  // repeated as by read().
  template <class Work>
  auto read_without_transaction(const Work& work) -> decltype(work(std::declval<SqlConnection&>())) {
    return read_on_session(work);
  }

  // Runs work(connection) in a write transaction and commits it when the work succeeds; otherwise nothing is
  // changed. On success the write is on the disk, and later reads of this process see it. When the session is
  // lost during the commit, the error does not tell whether the write is stored.
  // Work that writes to the same database gets kInternal where it would wait for its own transaction.
  template <class Work>
  auto write(Ordering ordering, const Work& work) -> decltype(work(std::declval<SqlConnection&>())) {
    FIT_TRY(const auto connection, begin_write(ordering));
    const ScopeExit ended([this, ordering] { end_write(ordering); });  // before the session is given back
    auto transaction = Transaction::of_begun(*connection);
    auto result = work(*connection);
    note(result);
    if (!result) return result;
    auto committed = transaction.commit();
    note(committed);
    if (!committed) return std::move(committed).error();
    pools_.readers->wrote(*connection);
    return result;
  }

  // The state of all pools; cheap.
  PoolStats pool_stats();

  // The first kDamaged error of a call or of note_damage() since the start or the last forget_damage();
  // nullopt when there was none.
  std::optional<Error> damage() const;
  void note_damage(Error error);
  void forget_damage();

 private:
  template <class Work>
  auto read_on_session(const Work& work) -> decltype(work(std::declval<SqlConnection&>())) {
    for (bool is_retry = false;; is_retry = true) {
      FIT_TRY(const auto connection, is_retry ? pools_.readers->acquire_latest() : pools_.readers->acquire());
      auto result = work(*connection);
      note(result);
      if (result || is_retry || !(connection->is_broken() || connection->is_standby())) return result;
    }
  }

  bool is_on_ordered_session(Ordering ordering) const {
    return ordering == Ordering::kOrdered || pools_.unordered == nullptr;
  }
  // Begins a write transaction, on another session when the first one turns out to be lost.
  Result<Lease> begin_write(Ordering ordering);
  void end_write(Ordering ordering);

  template <class T>
  void note(const Result<T>& result) {
    if (!result && result.error().code == ErrorCode::kDamaged) note_damage(result.error());
  }

  Pools pools_;
  std::atomic<std::thread::id> ordered_writer_;  // the thread that has the ordered session
  mutable std::mutex damage_mutex_;
  std::optional<Error> damage_;
};

}  // namespace fit::sql
