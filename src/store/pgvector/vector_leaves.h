#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/item_filter.h"
#include "sql/sql_connection.h"
#include "store/pgvector/postgres_statistics.h"

namespace fit::store {

// A table that holds vectors of a space: the only one, a partition, or the default partition.
struct VectorLeaf {
  std::string table;
  std::string shard;                    // that it lies on; empty: on this server
  std::vector<std::string> categories;  // keys of a partition; empty for other tables
  TableStatistics statistics;           // not read by read_leaves()

  bool is_rest() const { return categories.empty(); }
};

// The tables of a space as they were at one moment. Reading is thread-safe.
struct VectorLeaves {
  std::string parent;       // vectors_<id>
  std::string fingerprint;  // of the partitions (partition_fingerprint()); empty where there are none
  std::vector<VectorLeaf> leaves;
  std::string distance = {};  // pgvector's operator of the cosine distance, with its schema

  bool is_partitioned() const { return !fingerprint.empty(); }

  // Whether the leaf may have items of the filter, judged by the filter's categories.
  bool may_have(const VectorLeaf& leaf, const domain::ItemFilter& filter) const;
};

// The name that the database has for a shard's server.
std::string shard_server(const std::string& shard);

// Returns a short text that changes when a partition is attached to `parent` or detached; empty without
// partitions.
Result<std::string> partition_fingerprint(sql::SqlConnection& connection, const std::string& parent);

// Reads the tables of a space, without their statistics.
Result<VectorLeaves> read_leaves(sql::SqlConnection& connection, std::int64_t space_id);

// Returns the texts in a partition's bound as pg_get_expr() writes it, "FOR VALUES IN ('a', 'b')". Public for
// tests.
std::vector<std::string> bound_texts(std::string_view bound);

}  // namespace fit::store
