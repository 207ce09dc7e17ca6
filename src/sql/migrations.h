#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sql/sql_connection.h"

namespace fit::sql {

// One forward step of a schema, in the shared dialect with tokens in braces: those of SqlDialect::expand(),
// and those of the Schema.
struct Migration {
  int version = 0;  // 1, 2, ... without gaps
  std::string_view name;
  std::string_view sql;
};

// A token of a migration's text, and the text that replaces it on one engine.
struct MigrationToken {
  std::string_view name;  // "{words_index}"
  std::string text;
};

// A schema on one engine; borrows both.
struct Schema {
  std::span<const Migration> migrations;  // ascending
  std::span<const MigrationToken> tokens = {};

  // The statements of a migration as the engine gets them.
  std::string expand(const SqlDialect& dialect, const Migration& migration) const;
};

// Applies the missing migrations of the schema. Each runs in an ordered write transaction of its own and is
// recorded in schema_migrations with a checksum of its text before tokens are replaced. A failed migration
// leaves the schema of the one before. kConflict when the database has a migration that the schema lacks, or
// has with another text.
Result<void> migrate(SqlConnection& connection, const Schema& schema);

// Returns how many of the schema's migrations the database has; changes nothing. kConflict as above.
Result<std::size_t> applied_count(SqlConnection& connection, const Schema& schema);

}  // namespace fit::sql
