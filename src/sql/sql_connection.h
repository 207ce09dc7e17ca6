#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::sql {

// A parameter of a statement; std::monostate is NULL. Texts and bytes are views, which must live until the
// call ends. Bytes are a value in the binary format of the parameter's type, which the database infers from
// the statement: of SQLite's BLOB, of PostgreSQL's BYTEA and of types that extensions add.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string_view, ByteView>;

// The current row of a query. Columns count from 0; views live until the visitor returns. blob() is the value
// in the binary format of the column's type.
class SqlRow {
 public:
  virtual ~SqlRow() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual ByteView blob(int column) const = 0;
};

// A setting of the server, by name.
struct SqlSetting {
  std::string_view name;
  std::string value;
};

// Whether a write transaction takes its turn among the writers of all processes.
enum class Ordering : std::uint8_t {
  kOrdered,  // waits until no other ordered writer is at work: what it numbers grows in the order of commits
  kUnordered,  // commits beside other writers where the engine has more than one at a time (PostgreSQL)
};

// What differs between the engines in the text of statements.
struct SqlDialect {
  std::string_view name;              // "sqlite", "postgresql"
  std::string_view blob;              // {blob}: a column type for bytes
  std::string_view identity;          // {identity}: a primary key that counts up and never reuses a number
  std::string_view advance_identity;  // for a {table}; empty where the database does so by itself
  bool copies_rows = false;           // whether copy_rows() works, and is faster than INSERT
  // At the end of a SELECT in a write transaction: locks its rows and leaves out those that another
  // transaction has locked. Empty where the engine has one writer at a time.
  std::string_view skip_locked = "";
  // An expression: microseconds since 1970 by the clock of the server. Empty where it is this machine's.
  std::string_view server_time = "";

  // Replaces {blob} and {identity}.
  std::string expand(std::string_view sql) const;
};

// One session with a database. Statements are written in the dialect shared by SQLite and PostgreSQL 15+,
// with parameters $1, $2, ... They are prepared once and cached, so their texts should come from a small set.
// For one thread at a time; calls block. Errors of all calls: kUnavailable (another session holds a needed
// lock for too long, the session is lost; try again), kStorageFull (no space, read-only), kTooLarge (a value
// over the engine's limit), kInternal (damaged database, a statement with a mistake).
class SqlConnection {
 public:
  using Visitor = std::function<void(const SqlRow&)>;

  virtual ~SqlConnection() = default;

  virtual const SqlDialect& dialect() const = 0;

  // Runs one statement and calls `visit` for each row; `visit` must not use the connection.
  virtual Result<void> query(std::string_view sql, std::span<const SqlValue> values,
                             const Visitor& visit) = 0;
  Result<void> query(std::string_view sql, std::initializer_list<SqlValue> values, const Visitor& visit) {
    return query(sql, std::span(values.begin(), values.size()), visit);
  }

  // Runs query() under settings of the server that hold for this statement only, outside a transaction and in
  // one exchange with the server. The server may cache the plan: one text should always be given with the
  // same settings, except settings that are read while a plan runs. kInternal where the engine has no
  // settings.
  virtual Result<void> query_under(std::span<const SqlSetting> settings, std::string_view sql,
                                   std::span<const SqlValue> values, const Visitor& visit);

  // Runs one statement and returns how many rows it inserted, updated or deleted.
  virtual Result<std::int64_t> execute(std::string_view sql, std::span<const SqlValue> values) = 0;
  Result<std::int64_t> execute(std::string_view sql, std::initializer_list<SqlValue> values) {
    return execute(sql, std::span(values.begin(), values.size()));
  }

  // Returns the first column of the first row; nothing when there is no row.
  Result<std::optional<std::int64_t>> query_integer(std::string_view sql, std::span<const SqlValue> values);
  Result<std::optional<std::int64_t>> query_integer(std::string_view sql,
                                                    std::initializer_list<SqlValue> values) {
    return query_integer(sql, std::span(values.begin(), values.size()));
  }

  // Adds rows to a table, within a write transaction; only where dialect().copies_rows. `columns` are
  // separated by commas and of the types BIGINT, DOUBLE PRECISION, TEXT, or any type whose values are given
  // as bytes; `values` are the rows' values, one row after the other.
  virtual Result<void> copy_rows(std::string_view table, std::string_view columns,
                                 std::span<const SqlValue> values);

  // Runs several statements without parameters, separated by semicolons.
  virtual Result<void> run_script(const std::string& sql) = 0;

  // A read transaction sees one state of the database throughout and never waits for a writer.
  virtual Result<void> begin_read() = 0;
  virtual Result<void> begin_write(Ordering ordering) = 0;
  // On success a write is on the disk; on failure the transaction is still open.
  virtual Result<void> commit() = 0;
  // Does nothing outside a transaction.
  virtual void rollback() noexcept = 0;

  // Subscribes this session to the notifications of a channel, a name of letters and underscores; outside a
  // transaction. kInternal where the engine has none.
  virtual Result<void> listen(std::string_view channel);
  // Waits for a notification, at most for `time`, and returns whether there was one. Notifications that have
  // arrived meanwhile count as one. Outside a transaction.
  virtual Result<bool> wait_for_notification(std::chrono::milliseconds time);

  // Makes statements of this connection return kCancelled soon after `stop` is requested, until the next
  // call; an empty token ends this. Has no effect on engines that limit the time of statements in another
  // way.
  virtual void stop_statements_on(std::stop_token /*stop*/) {}

  // Whether the session is lost for good: the server closed it, or is gone. Its transaction was rolled back,
  // unless the session was lost during commit().
  virtual bool is_broken() const { return false; }

  // Whether the session reads from a standby, which may lag behind and may cancel a query to replay the log.
  virtual bool is_standby() const { return false; }
};

// A transaction, which is rolled back at the end of its scope unless it was committed. For the connection's
// thread.
class Transaction {
 public:
  static Result<Transaction> read(SqlConnection& connection);
  static Result<Transaction> write(SqlConnection& connection, Ordering ordering);
  // Takes over a transaction that has begun.
  static Transaction of_begun(SqlConnection& connection) { return Transaction(connection); }
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Result<void> commit();

 private:
  explicit Transaction(SqlConnection& connection) : connection_(&connection) {}
  SqlConnection* connection_;  // null once committed or moved away
};

// A list of ids for "... IN ($n, ...)", cut into pieces of few different lengths, so that few different
// statements are prepared. Borrows the ids.
class IdList {
 public:
  explicit IdList(std::span<const std::int64_t> ids) : rest_(ids) {}

  // Returns the next piece, or an empty one at the end: the values to bind, after the `fixed` ones. The last
  // id may repeat.
  struct Piece {
    std::vector<SqlValue> values;
    std::string placeholders;  // "$3, $4, $5"
  };
  Piece next(std::initializer_list<SqlValue> fixed = {});

 private:
  std::span<const std::int64_t> rest_;
};

// Makes the ids that the database gives to new rows of the table, whose column "id" is an {identity}, follow
// the largest one. Needed after rows were inserted with given ids. Blocks; the errors of query().
Result<void> advance_identity(SqlConnection& connection, std::string_view table);

// Runs "SQL IN (ids)" piece by piece; rows come in no particular order. Blocks; the errors of query().
Result<void> query_among(SqlConnection& connection, std::string_view sql, std::span<const std::int64_t> ids,
                         const SqlConnection::Visitor& visit);

// Returns NULL or the value.
template <class T>
SqlValue nullable(const std::optional<T>& value) {
  return value ? SqlValue(*value) : SqlValue();
}

// Returns the number of a column; nothing for NULL.
inline std::optional<double> optional_real(const SqlRow& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.real(column));
}

// Returns a LIMIT within the range of the database's integers.
std::int64_t sql_limit(std::size_t limit);

}  // namespace fit::sql
