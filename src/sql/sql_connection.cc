#include "sql/sql_connection.h"

#include "base/format.h"
#include "base/replace_all.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace fit::sql {

std::string SqlDialect::expand(std::string_view sql) const {
  std::string text(sql);
  replace_all(text, "{blob}", blob);
  replace_all(text, "{identity}", identity);
  return text;
}

Result<void> advance_identity(SqlConnection& connection, std::string_view table) {
  std::string sql(connection.dialect().advance_identity);
  if (sql.empty()) return {};
  replace_all(sql, "{table}", table);
  return connection.run_script(sql);
}

Result<std::optional<std::int64_t>> SqlConnection::query_integer(std::string_view sql,
                                                                 std::span<const SqlValue> values) {
  std::optional<std::int64_t> first;
  FIT_CHECK(query(sql, values, [&first](const SqlRow& row) {
    if (!first) first = row.integer(0);
  }));
  return first;
}

Result<void> SqlConnection::query_under(std::span<const SqlSetting> /*settings*/, std::string_view sql,
                                        std::span<const SqlValue> /*values*/, const Visitor& /*visit*/) {
  return internal("the database has no settings", std::string(sql));
}

Result<void> SqlConnection::copy_rows(std::string_view table, std::string_view /*columns*/,
                                      std::span<const SqlValue> /*values*/) {
  return internal("the database cannot copy rows", std::string(table));
}

Result<void> SqlConnection::listen(std::string_view channel) {
  return internal("the database has no notifications", std::string(channel));
}

Result<bool> SqlConnection::wait_for_notification(std::chrono::milliseconds /*time*/) {
  return internal("the database has no notifications", "");
}

Result<Transaction> Transaction::read(SqlConnection& connection) {
  FIT_CHECK(connection.begin_read());
  return Transaction(connection);
}

Result<Transaction> Transaction::write(SqlConnection& connection, Ordering ordering) {
  FIT_CHECK(connection.begin_write(ordering));
  return Transaction(connection);
}

Transaction::~Transaction() {
  if (connection_ != nullptr) connection_->rollback();
}

Result<void> Transaction::commit() {
  FIT_CHECK(connection_->commit());
  connection_ = nullptr;
  return {};
}

Result<void> query_among(SqlConnection& connection, std::string_view sql, std::span<const std::int64_t> ids,
                         const SqlConnection::Visitor& visit) {
  IdList list(ids);
  for (auto piece = list.next(); !piece.values.empty(); piece = list.next()) {
    FIT_CHECK(connection.query(fit::format("{} IN ({})", sql, piece.placeholders), piece.values, visit));
  }
  return {};
}

IdList::Piece IdList::next(std::initializer_list<SqlValue> fixed) {
  Piece piece;
  if (rest_.empty()) return piece;
  static constexpr std::size_t kLengths[] = {1, 8, 32, 128};
  const auto* fitting = std::ranges::lower_bound(kLengths, rest_.size());
  const std::size_t length = fitting == std::end(kLengths) ? kLengths[3] : *fitting;
  const auto ids = rest_.first(std::min(length, rest_.size()));
  rest_ = rest_.subspan(ids.size());

  piece.values.reserve(fixed.size() + length);
  piece.values.assign(fixed);
  for (std::size_t i = 0; i < length; ++i) {
    piece.values.emplace_back(ids[std::min(i, ids.size() - 1)]);
    piece.placeholders += i == 0 ? "$" : ", $";
    piece.placeholders += std::to_string(piece.values.size());
  }
  return piece;
}

std::int64_t sql_limit(std::size_t limit) {
  return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max()));
}

}  // namespace fit::sql
