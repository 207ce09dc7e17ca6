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

// The names of the filter columns; and their values from a row of items that the text stands for.
const std::string& fact_names();
std::string fact_keys(std::string_view row);

// Statements that make a table of vectors, without indexes but for its key. A remote one stands alone: there
// are no images and no items beside it.
std::string vector_table_sql(const std::string& table, const domain::SpaceRecord& space, bool is_remote);

// The trigger that copies the filter columns beside a vector that comes.
std::string copy_facts_trigger_sql(const std::string& table);

// An index of a table of vectors. definition: what follows the name in CREATE INDEX.
struct VectorIndex {
  enum class Use : std::uint8_t {
    kWrites,   // finds the rows of an item
    kFilters,  // a B-tree that only searches ask
    kGraph,
  };
  std::string name;
  std::string definition;
  Use use = Use::kFilters;

  std::string sql() const { return "CREATE INDEX " + name + " " + definition; }
  std::string concurrent_sql() const { return "CREATE INDEX CONCURRENTLY " + name + " " + definition; }
};
std::vector<VectorIndex> vector_indexes(const std::string& table, const domain::SpaceRecord& space,
                                        const GraphOptions& graph);

// The name of the graph of a table.
std::string graph_name(const std::string& table);

// Makes the table vectors_<id> of a space with its indexes, or its partitions where the catalogue has a
// layout (store/vector_layout.h), within a write transaction; partitions on shards are left to fit migrate.
// kInvalid for more dimensions than can be stored.
Result<void> make_vector_table(sql::SqlConnection& connection, const domain::SpaceRecord& space,
                               const GraphOptions& graph);

}  // namespace fit::store
