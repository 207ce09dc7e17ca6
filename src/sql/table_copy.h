#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "sql/sql_connection.h"

namespace fit::sql {

// A table by the columns that are copied. Every column may be NULL. Borrows the names.
struct CopiedTable {
  std::string_view name;
  std::span<const std::string_view> integers;
  std::span<const std::string_view> texts;
  std::span<const std::string_view> reals = {};
  std::span<const std::string_view> bytes = {};
};

// Changes the values of a row, in the order of CopiedTable: integers, texts, reals, bytes. Returns whether
// the row is copied.
using RowChange = std::function<bool(std::span<SqlValue> row)>;

// Inserts into `to` the rows of `from` that `condition` selects, an SQL text such as "WHERE id > $1" with its
// `values`, or an empty one for all. NULL stays NULL. The databases may be of different engines; `to` is in a
// write transaction, which the caller rolls back after an error. Returns the number of rows inserted. Blocks;
// the errors of query() and execute().
Result<std::int64_t> copy_table_rows(SqlConnection& from, SqlConnection& to, const CopiedTable& table,
                                     std::string_view condition = {}, std::span<const SqlValue> values = {},
                                     const RowChange& change = {});

}  // namespace fit::sql
