#pragma once

#include <span>
#include <string_view>

#include "sql/sql_connection.h"

namespace fit::sql {

// One forward step of the schema, in the shared dialect with the tokens of SqlDialect.
struct Migration {
  int version = 0;  // 1, 2, ... without gaps
  std::string_view name;
  std::string_view sql;
};

// Brings the schema to the last of `migrations`. Each step runs in a transaction of its own that only one
// process at a time can be in, and is recorded with a checksum in schema_migrations. A failed step leaves the
// schema of the step before. kConflict when the database has a step that `migrations` lacks, or has another
// text of one.
Result<void> migrate(SqlConnection& connection, std::span<const Migration> migrations);

// How many of `migrations` the database has; changes nothing. kConflict as above.
Result<std::size_t> applied_count(SqlConnection& connection, std::span<const Migration> migrations);

}  // namespace fit::sql
