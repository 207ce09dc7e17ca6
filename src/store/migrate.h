#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/pgvector/postgres_layout.h"
#include "store/pgvector/vector_layout.h"

namespace fit::store {

// One step of the schema, as it stands in a database.
struct SchemaStep {
  int version = 0;
  std::string name;
  bool is_applied = false;
  std::string sql;  // as that engine is given it
};

// The steps of this program, and which of them the database of a DATABASE_URL has; changes nothing. Errors as
// for open_catalogue(); a SQLite file that is not there has none.
Result<std::vector<SchemaStep>> schema_steps(const std::string& database_url);

// Applies the missing steps up to version `to`, or all. Steps are never taken back: kInvalid naming "--to"
// for a version below the database's or above the program's.
Result<void> migrate_database(const std::string& database_url, std::optional<int> to);

// layout_steps() of the database of a DATABASE_URL, and apply_layout(). None where its schema is not this
// program's yet: migrate_database() comes first. kInvalid naming "layout" for one that is asked for on
// SQLite.
Result<std::vector<LayoutStep>> database_layout_steps(const std::string& database_url, const LayoutRun& run);
Result<void> lay_out_database(const std::string& database_url, const LayoutRun& run,
                              const std::function<void(const LayoutStep&)>& begin);

}  // namespace fit::store
