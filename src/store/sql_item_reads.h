#pragma once

#include <span>
#include <vector>

#include "store/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// Whole items with their images, in the order asked; ids that do not exist are left out.
Result<std::vector<ItemRecord>> read_items(SqlConnection& connection, std::span<const ItemId> items);

// By ascending id, from the first above `after`.
Result<std::vector<ItemRecord>> read_item_page(SqlConnection& connection, ItemId after, std::size_t limit);
Result<std::vector<ItemFacts>> read_facts_page(SqlConnection& connection, ItemId after, std::size_t limit);

Result<std::vector<ItemFacts>> read_facts(SqlConnection& connection, std::span<const ItemId> items);

// The id and content hash of each key, in order.
Result<std::vector<std::optional<Store::Known>>> find_items(SqlConnection& connection,
                                                            std::span<const ItemKey> keys);

// kNotFound when it is not there.
Result<ImageRecord> read_image(SqlConnection& connection, ImageId image);

// An item's images in order; none for an unknown item.
Result<std::vector<ImageRecord>> read_images_of(SqlConnection& connection, ItemId item);

Result<std::vector<ImageRecord>> read_image_page(SqlConnection& connection, ImageId after, std::size_t limit);

// Of a space that exists.
Result<std::vector<ImageRecord>> read_images_without_vector(SqlConnection& connection, std::int64_t space_id,
                                                            ImageId after, std::size_t limit);

Result<ImageId> read_last_image(SqlConnection& connection);
Result<Counts> read_counts(SqlConnection& connection);

}  // namespace fit::store
