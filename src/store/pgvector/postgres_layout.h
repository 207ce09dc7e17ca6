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

// A step towards the tables of a VectorLayout.
struct LayoutStep {
  std::string what;                     // "vectors_1: partition shoes: rows of shoes, boots"
  std::string shard;                    // where it runs; empty: in the database itself
  std::vector<std::string> statements;  // passwords masked
  bool is_concurrent = false;           // each statement runs by itself, outside of a transaction
};

// What a run of the layout is given.
struct LayoutRun {
  const VectorLayout* wanted = nullptr;  // from the operator's file; null: the one stored in the database
  GraphOptions graph;
  // Returns the value of an environment variable, for the passwords of shards.
  std::function<std::optional<std::string>(const std::string& name)> environment;
};

// Returns the missing steps in order and changes nothing; none where there is no layout. kConflict, with the
// difference, when the database has partitions that the layout does not have or has with other categories or
// on another server; kInvalid naming "layout" for a shard that refuses the session; kUnavailable for one that
// is not reachable. Blocks.
Result<std::vector<LayoutStep>> layout_steps(sql::SqlConnection& connection, const LayoutRun& run);

// Executes the missing steps in order, and calls `begin` before each. After an error or an interruption the
// next run continues with the step that was not completed. Searches continue meanwhile; writers wait for each
// step that moves rows. Blocks.
Result<void> apply_layout(sql::SqlConnection& connection, const LayoutRun& run,
                          const std::function<void(const LayoutStep&)>& begin);

}  // namespace fit::store
