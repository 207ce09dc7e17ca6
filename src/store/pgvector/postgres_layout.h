#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sql/sql_connection.h"
#include "store/pgvector/graph_options.h"
#include "store/pgvector/vector_layout.h"

namespace fit::store {

// A step that is missing until a database has the tables of a VectorLayout.
struct LayoutStep {
  std::string what;                     // "vectors_1: partition shoes: rows of shoes, boots"
  std::string shard;                    // where it is done; empty: in the database itself
  std::vector<std::string> statements;  // passwords masked
  bool is_concurrent = false;           // each statement for itself, outside of a transaction
};

struct LayoutRun {
  const VectorLayout* wanted = nullptr;  // of the file; null: the one stored in the database
  GraphOptions graph;
  // The value of an environment variable.
  std::function<std::optional<std::string>(const std::string& name)> environment;
};

// What is missing, in order; changes nothing. None where there is no layout. kConflict saying how where the
// database has partitions that the layout has not, or has otherwise; kInvalid naming "layout" for a shard
// that refuses, kUnavailable for one that is not reachable.
Result<std::vector<LayoutStep>> layout_steps(sql::SqlConnection& connection, const LayoutRun& run);

// Applies the missing steps in order, and calls `begin` before each. After an interruption the next run
// continues. Searches continue meanwhile; writers wait for each step that moves rows.
Result<void> apply_layout(sql::SqlConnection& connection, const LayoutRun& run,
                          const std::function<void(const LayoutStep&)>& begin);

}  // namespace fit::store
