#pragma once

#include <span>
#include <string_view>

#include "sql/sql_connection.h"

namespace fit::sql {

// Runs "HEAD VALUES ($1, ...), ($n, ...) TAIL" over rows of `width` values each, which follow each other in
// `values`, in statements of few different lengths. No two rows may concern the same row of the table.
// Blocks. After an error, some statements may have run: the caller rolls the transaction back.
Result<void> insert_rows(SqlConnection& connection, std::string_view head, std::size_t width,
                         std::span<const SqlValue> values, std::string_view tail);

}  // namespace fit::sql
