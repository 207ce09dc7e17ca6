#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "domain/vectors.h"
#include "sql/sql_connection.h"
#include "store/engine.h"
#include "store/vectors.h"

namespace fit::store {

// A vector of an image that exists, of the item with the category; borrowed.
struct VectorRow {
  ImageId image;
  ItemId item;
  std::string_view category;
  std::span<const float> values;
};

// Adds or replaces one vector; within a write transaction.
Result<void> write_image_vector(sql::SqlConnection& connection, const ImageSpaceSql& space,
                                const VectorRow& vector);

// Adds or replaces vectors whose images exist, and records the change of their items; within a write
// transaction.
Result<void> write_image_vectors(sql::SqlConnection& connection, const ImageSpaceSql& space,
                                 std::span<const VectorWrite> vectors);

// Vectors::of_items(), list() and count() for a space of images.
Result<std::vector<domain::ImageVector>> read_image_vectors(sql::SqlConnection& connection,
                                                            const ImageSpaceSql& space,
                                                            std::span<const ItemId> items);
Result<std::vector<domain::ImageVector>> read_image_vector_page(sql::SqlConnection& connection,
                                                                const ImageSpaceSql& space, ImageId after,
                                                                std::size_t limit);
Result<std::int64_t> count_image_vectors(sql::SqlConnection& connection, const ImageSpaceSql& space);

}  // namespace fit::store
