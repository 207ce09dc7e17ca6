#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/item_filter.h"
#include "sql/sql_connection.h"
#include "store/pgvector/postgres_statistics.h"

namespace fit::store {

// A table that holds vectors of a space: the only one, a partition, or the rest that no partition takes.
struct VectorLeaf {
  std::string table;
  std::string shard;                    // where it lies on another server; else empty
  std::vector<std::string> categories;  // keys, of a partition; empty for the rest and for the only one
  TableStatistics statistics;           // of a search; not read by read_leaves()

  bool is_rest() const { return categories.empty(); }
};

// The tables of a space as they were at one moment. Reading is thread-safe.
struct VectorLeaves {
  std::string parent;  // vectors_<id>
  std::string marks;   // of the partitions, as leaf_marks() reads them; empty where there are none
  std::vector<VectorLeaf> leaves;

  bool is_partitioned() const { return !marks.empty(); }

  // Whether items of the filter may be in the leaf, by their category.
  bool may_have(const VectorLeaf& leaf, const domain::ItemFilter& filter) const;
};

// The name of a shard's server in the database.
std::string shard_server(const std::string& shard);

// A short text that changes when a partition comes or goes.
Result<std::string> leaf_marks(sql::SqlConnection& connection, const std::string& parent);

Result<VectorLeaves> read_leaves(sql::SqlConnection& connection, std::int64_t space_id);

// The texts of a partition's bound, as pg_get_expr() writes it: "FOR VALUES IN ('a', 'b')". Public for tests.
std::vector<std::string> bound_texts(std::string_view bound);

}  // namespace fit::store
