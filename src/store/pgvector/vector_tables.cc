#include "store/pgvector/vector_tables.h"

#include "base/format.h"
#include "store/pgvector/extension.h"
#include "store/pgvector/postgres_search_tables.h"
#include "store/pgvector/vector_layout.h"
#include "store/tables/filter_columns.h"

namespace fit::store {
namespace {

constexpr int kMaxDimensions = 16000;        // of a halfvec
constexpr int kMaxIndexedDimensions = 4000;  // of a halfvec in an HNSW index
// Vectors up to this size are stored in their row, larger ones in a TOAST table, which costs a second read.
constexpr int kMaxInRow = 1900;

// Returns make(column) for each filter column, with commas between.
template <class Make>
std::string for_columns(const Make& make) {
  std::string text;
  for (const std::string& column : filter_columns()) text += (text.empty() ? "" : ", ") + make(column);
  return text;
}

// In a space of texts, image_id is the item's id, so that all spaces are searched alike.
constexpr std::string_view kTextKeys =
    "item_id BIGINT NOT NULL PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE, "
    "image_id BIGINT GENERATED ALWAYS AS (item_id) STORED, item_updated_at BIGINT NOT NULL, "
    "text_hash TEXT NOT NULL";

std::string other_columns(int dimensions) {
  return fit::format("embedding halfvec({}) NOT NULL, {}", dimensions,
                     for_columns([](const std::string& column) {
                       if (column == "price") return std::string("price DOUBLE PRECISION");
                       if (column == "listed_at") return std::string("listed_at BIGINT");
                       return column + " TEXT COLLATE \"C\" NOT NULL";
                     }));
}

std::string set_storage(const std::string& table, int dimensions) {
  return fit::format("ALTER TABLE {} ALTER embedding SET STORAGE {};\n", table,
                     dimensions <= kMaxInRow ? "PLAIN" : "EXTERNAL");
}

}  // namespace

bool can_have_graph(int dimensions) {
  return dimensions <= kMaxIndexedDimensions;
}

const std::string& filter_column_names() {
  static const std::string names = for_columns([](const std::string& column) { return column; });
  return names;
}

std::string filter_column_values(std::string_view row) {
  return for_columns([row](const std::string& column) {
    const std::string value = fit::format("{}.{}", row, column);
    return is_text_column(column) ? fit::format("fit_key({})", value) : value;
  });
}

const std::string& vector_column_names() {
  static const std::string names = "image_id, item_id, embedding, " + filter_column_names();
  return names;
}

std::string vector_column_definitions(int dimensions) {
  return "image_id BIGINT NOT NULL, item_id BIGINT NOT NULL, " + other_columns(dimensions);
}

std::string vector_table_sql(const std::string& table, const domain::SpaceRecord& space, bool is_remote) {
  std::string columns;
  if (space.of == domain::VectorsOf::kTexts) {
    columns = std::string(kTextKeys) + ", " + other_columns(space.dimensions);
  } else {
    columns = vector_column_definitions(space.dimensions) + ", PRIMARY KEY (image_id)";
    if (!is_remote) columns += ", FOREIGN KEY (image_id) REFERENCES images (id) ON DELETE CASCADE";
  }
  return fit::format("CREATE TABLE {} ({});\n", table, columns) + set_storage(table, space.dimensions);
}

std::string copy_filter_columns_sql(const std::string& table) {
  return fit::format(
      "CREATE TRIGGER fit_copy_facts BEFORE INSERT OR UPDATE OF item_id ON {} "
      "FOR EACH ROW EXECUTE FUNCTION fit_copy_facts();\n",
      table);
}

std::string graph_name(const std::string& table) {
  return table + "_nearest";
}

std::vector<VectorIndex> vector_indexes(const std::string& table, const domain::SpaceRecord& space,
                                        const GraphOptions& graph, std::string_view pgvector) {
  std::vector<VectorIndex> indexes;
  if (space.of == domain::VectorsOf::kImages) {
    indexes.push_back({table + "_by_item", fit::format("ON {} (item_id)", table), VectorIndex::Use::kWrites});
  }
  for (const auto column : kIndexedWithPrice) {
    indexes.push_back(
        {fit::format("{}_by_{}", table, column), fit::format("ON {} ({}, price)", table, column)});
  }
  for (const auto column : kIndexedAlone) {
    indexes.push_back({fit::format("{}_by_{}", table, column), fit::format("ON {} ({})", table, column)});
  }
  if (can_have_graph(space.dimensions)) {
    indexes.push_back({graph_name(table),
                       fit::format("ON {} USING hnsw (embedding {}halfvec_cosine_ops) "
                                   "WITH (m = {}, ef_construction = {})",
                                   table, pgvector, graph.m, graph.ef_construction),
                       VectorIndex::Use::kGraph});
  }
  return indexes;
}

Result<void> make_vector_table(sql::SqlConnection& connection, const domain::SpaceRecord& space,
                               const GraphOptions& graph) {
  if (space.dimensions > kMaxDimensions) {
    return invalid("dimensions", fit::format("must be at most {} on PostgreSQL", kMaxDimensions));
  }
  FIT_TRY(const auto layout, stored_layout(connection));
  const auto make = [&](const std::string& table) {
    std::string script = vector_table_sql(table, space, false) + copy_filter_columns_sql(table);
    for (const VectorIndex& index : vector_indexes(table, space, graph)) script += index.sql() + ";\n";
    return script;
  };
  const std::string table = "vectors_" + std::to_string(space.id);
  if (!layout || layout->partitions.empty() || space.of == domain::VectorsOf::kTexts)
    return run_with_pgvector(connection, make(table));
  std::string script = parent_table_sql(table, space.dimensions);
  script += make(rest_table(table)) + attach_rest_sql(table);
  for (const VectorLayout::Partition& partition : layout->partitions) {
    if (!partition.shard.empty()) continue;
    script += make(partition_table(table, partition)) + attach_sql(table, partition);
  }
  return run_with_pgvector(connection, script);
}

}  // namespace fit::store
