#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/space.h"
#include "sql/sql_connection.h"
#include "store/pgvector/graph_options.h"

namespace fit::store {

// Whether a space with this number of dimensions can have a graph.
bool can_have_graph(int dimensions);

// The columns of a table of vectors: their names, and their definitions for a space with this number of
// dimensions.
const std::string& vector_column_names();
std::string vector_column_definitions(int dimensions);

// The names of the filter columns in a table of vectors, and the SQL of their values, where `row` names a row
// of items.
const std::string& filter_column_names();
std::string filter_column_values(std::string_view row);

// Returns the statements that make a table of vectors, with its primary key and no other index. A remote
// table has no foreign keys, as the shard has neither images nor items.
std::string vector_table_sql(const std::string& table, const domain::SpaceRecord& space, bool is_remote);

// Returns the statement of the trigger that copies the filter columns beside each inserted vector.
std::string copy_filter_columns_sql(const std::string& table);

// An index of a table of vectors.
struct VectorIndex {
  enum class Use : std::uint8_t {
    kWrites,   // finds the rows of an item
    kFilters,  // a B-tree that only searches use
    kGraph,
  };
  std::string name;
  std::string definition;  // what follows the name in CREATE INDEX
  Use use = Use::kFilters;

  std::string sql() const { return "CREATE INDEX " + name + " " + definition; }
  std::string concurrent_sql() const { return "CREATE INDEX CONCURRENTLY " + name + " " + definition; }
};
// `pgvector`: what names the schema of pgvector's operators in SQL, such as "public."; empty: the
// search_path.
std::vector<VectorIndex> vector_indexes(const std::string& table, const domain::SpaceRecord& space,
                                        const GraphOptions& graph, std::string_view pgvector = "");

// The name of the graph of a table.
std::string graph_name(const std::string& table);

// Makes the table vectors_<id> of a space with its indexes, or with partitions where the catalogue has a
// layout (store/pgvector/vector_layout.h), within a write transaction. Partitions on shards are left to fit
// migrate. kInvalid naming "dimensions" for more than PostgreSQL can store.
Result<void> make_vector_table(sql::SqlConnection& connection, const domain::SpaceRecord& space,
                               const GraphOptions& graph);

}  // namespace fit::store
