#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sql/sql_connection.h"

namespace fit::sql {

// One forward step of a schema. Its text is in the shared dialect, with the tokens of SqlDialect::expand()
// and of the Schema.
struct Migration {
  int version = 0;  // 1, 2, ... without gaps
  std::string_view name;
  std::string_view sql;
};

// A token in the texts of migrations, and the text that replaces it on one engine.
struct MigrationToken {
  std::string_view name;  // with its braces
  std::string text;
};

// A schema on one engine. Borrows its members.
struct Schema {
  std::span<const Migration> migrations;  // ascending
  std::span<const MigrationToken> tokens = {};

  // Returns the statements of a migration with all tokens replaced.
  std::string expand(const SqlDialect& dialect, const Migration& migration) const;
};

// Applies the missing migrations of the schema. Each runs in an ordered write transaction of its own, but
// those of a new database run in one, and is recorded in schema_migrations with a checksum of its text before
// tokens are replaced. A failed migration leaves the schema of the one before; a crash or a lost session in a
// new database leaves it without any. kConflict when the database has a migration that the schema lacks or
// has with another text; the errors of the connection. Blocks. Several processes may call it at once.
Result<void> migrate(SqlConnection& connection, const Schema& schema);

// Returns how many of the schema's migrations the database has; changes nothing. The errors of migrate().
// Blocks.
Result<std::size_t> applied_count(SqlConnection& connection, const Schema& schema);

}  // namespace fit::sql
