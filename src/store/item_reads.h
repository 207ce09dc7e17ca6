#pragma once

#include <span>
#include <vector>

#include "sql/sql_connection.h"
#include "store/items.h"

namespace fit::store {

// Whole items with their images, in the order asked; ids that do not exist are left out.
Result<std::vector<domain::ItemRecord>> read_items(sql::SqlConnection& connection,
                                                   std::span<const ItemId> items);

// By ascending id, from the first above `after`.
Result<std::vector<domain::ItemRecord>> read_item_page(sql::SqlConnection& connection, ItemId after,
                                                       std::size_t limit);
Result<std::vector<domain::FilterColumns>> read_filter_columns_page(sql::SqlConnection& connection,
                                                                    ItemId after, std::size_t limit);

Result<std::vector<domain::FilterColumns>> read_filter_columns(sql::SqlConnection& connection,
                                                               std::span<const ItemId> items);

// The id and content hash of each key, in order.
Result<std::vector<std::optional<KnownItem>>> find_items(sql::SqlConnection& connection,
                                                         std::span<const domain::ItemKey> keys);

// kNotFound when it is not there.
Result<domain::ImageRecord> read_image(sql::SqlConnection& connection, ImageId image);

// An item's images in order; none for an unknown item.
Result<std::vector<domain::ImageRecord>> read_images_of(sql::SqlConnection& connection, ItemId item);

Result<std::vector<domain::ImageRecord>> read_image_page(sql::SqlConnection& connection, ImageId after,
                                                         std::size_t limit);

// Of a space that exists.
Result<std::vector<domain::ImageRecord>> read_images_without_vector(sql::SqlConnection& connection,
                                                                    const ImageSpaceSql& space, ImageId after,
                                                                    std::size_t limit);

Result<ImageId> read_last_image(sql::SqlConnection& connection);
Result<Counts> read_counts(sql::SqlConnection& connection);

}  // namespace fit::store
