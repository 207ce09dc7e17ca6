#pragma once

#include <span>
#include <vector>

#include "sql/sql_connection.h"
#include "store/items.h"

// The reads of Items, within a read or write transaction. They block, are for the connection's thread, and
// return its errors.
namespace fit::store {

// Items::get(): whole items in the given order; ids that do not exist are left out.
Result<std::vector<domain::ItemRecord>> read_items(sql::SqlConnection& connection,
                                                   std::span<const ItemId> items);

// Items::list() and Items::list_filter_columns().
Result<std::vector<domain::ItemRecord>> read_item_page(sql::SqlConnection& connection, ItemId after,
                                                       std::size_t limit);
Result<std::vector<domain::FilterColumns>> read_filter_columns_page(sql::SqlConnection& connection,
                                                                    ItemId after, std::size_t limit);

// Items::filter_columns().
Result<std::vector<domain::FilterColumns>> read_filter_columns(sql::SqlConnection& connection,
                                                               std::span<const ItemId> items);

// Items::find().
Result<std::vector<std::optional<KnownItem>>> find_items(sql::SqlConnection& connection,
                                                         std::span<const domain::ItemKey> keys);

// Items::of_external_ids().
Result<std::vector<ItemId>> find_external_ids(sql::SqlConnection& connection,
                                              std::span<const std::string> external_ids);

// Items::image(): kNotFound when there is no such image.
Result<domain::ImageRecord> read_image(sql::SqlConnection& connection, ImageId image);

// Returns an item's images in order; none for an unknown item.
Result<std::vector<domain::ImageRecord>> read_images_of(sql::SqlConnection& connection, ItemId item);

// Items::list_images().
Result<std::vector<domain::ImageRecord>> read_image_page(sql::SqlConnection& connection, ImageId after,
                                                         std::size_t limit);

// Vectors::images_without() for a space that exists.
Result<std::vector<domain::ImageRecord>> read_images_without_vector(sql::SqlConnection& connection,
                                                                    const ImageSpaceSql& space, ImageId after,
                                                                    std::size_t limit);

// Items::last_image() and Items::counts().
Result<ImageId> read_last_image(sql::SqlConnection& connection);
Result<Counts> read_counts(sql::SqlConnection& connection);

}  // namespace fit::store
