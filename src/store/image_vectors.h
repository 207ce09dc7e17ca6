#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "domain/vectors.h"
#include "sql/sql_connection.h"
#include "store/engine.h"
#include "store/vectors.h"

// The statements of Vectors for spaces of images. They block, are for the connection's thread, and return its
// errors.
namespace fit::store {

// A vector of an existing image. Borrows its members.
struct VectorRow {
  ImageId image;
  ItemId item;                // the item of the image
  std::string_view category;  // of the item
  std::span<const float> values;
};

// Adds or replaces one vector, within a write transaction. kInvalid naming "vector" for a number that the
// engine cannot hold.
Result<void> write_image_vector(sql::SqlConnection& connection, const ImageSpaceSql& space,
                                const VectorRow& vector);

// Adds or replaces the vectors whose images exist, and records the change of their items, within an ordered
// write transaction. kInvalid as for write_image_vector().
Result<void> write_image_vectors(sql::SqlConnection& connection, const ImageSpaceSql& space,
                                 std::span<const VectorWrite> vectors);

// Vectors::of_items() and Vectors::list().
Result<std::vector<domain::ImageVector>> read_image_vectors(sql::SqlConnection& connection,
                                                            const ImageSpaceSql& space,
                                                            std::span<const ItemId> items);
Result<std::vector<domain::ImageVector>> read_image_vector_page(sql::SqlConnection& connection,
                                                                const ImageSpaceSql& space, ImageId after,
                                                                std::size_t limit);

}  // namespace fit::store
