#pragma once

#include <span>
#include <vector>

#include "sql/sql_connection.h"
#include "store/engine.h"
#include "store/flagged_images.h"
#include "store/items.h"

// The statements of Items for many items at once. They block, are for the connection's thread, and return its
// errors.
namespace fit::store {

// From this number of rows on, copying is faster than inserting one after the other.
inline constexpr std::size_t kBulk = 16;

// find_items() in few statements.
Result<std::vector<std::optional<KnownItem>>> find_items_in_bulk(sql::SqlConnection& connection,
                                                                 std::span<const domain::ItemKey> keys);

// The new items of one transaction.
struct NewItems {
  std::span<const domain::ItemWrite* const> items;
  const FlaggedImages& flagged;  // among the images of the items
  Timestamp time;
};

// Adds items with their images and vectors, within a write transaction of an engine that copies rows. The
// catalogue has none of the keys, and each is given once. Returns the ids of the items in order. The caller
// indexes their words and records the changes.
Result<std::vector<ItemId>> add_items_in_bulk(sql::SqlConnection& connection, const Engine& engine,
                                              const NewItems& added);

}  // namespace fit::store
