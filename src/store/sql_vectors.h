#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sql/sql_connection.h"
#include "store/store.h"

namespace fit::store {

Result<std::vector<SpaceRecord>> read_spaces(sql::SqlConnection& connection);

// The space of that name and version, if there is one; kConflict when it has other dimensions.
Result<std::optional<SpaceRecord>> find_space(sql::SqlConnection& connection, const SpaceRecord& wanted);

// The same, made when new; within a write transaction.
Result<SpaceRecord> find_or_make_space(sql::SqlConnection& connection, const SpaceRecord& wanted,
                                       const GraphOptions& graph);

// A vector of an image that exists, of the item with the category; borrowed.
struct VectorRow {
  ImageId image;
  ItemId item;
  std::string_view category;
  sql::VectorView values;
};

// A category as the tables of vectors have it: fit_key() of the database.
std::string category_key(std::string_view category);

// Adds or replaces one vector; within a write transaction.
Result<void> write_vector(sql::SqlConnection& connection, std::int64_t space_id, const VectorRow& vector);

// Adds or replaces vectors whose images exist, and notes the change of their items; within a write
// transaction.
Result<void> write_vectors(sql::SqlConnection& connection, std::int64_t space_id,
                           std::span<const VectorWrite> vectors);

// Of a space that exists, as all below.
Result<std::vector<StoredVector>> read_vectors(sql::SqlConnection& connection, std::int64_t space_id,
                                               std::span<const ItemId> items);
Result<std::vector<StoredVector>> read_vector_page(sql::SqlConnection& connection, std::int64_t space_id,
                                                   ImageId after, std::size_t limit);
Result<std::int64_t> count_vectors(sql::SqlConnection& connection, std::int64_t space_id);

}  // namespace fit::store
