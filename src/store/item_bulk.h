#pragma once

#include <span>
#include <vector>

#include "sql/sql_connection.h"
#include "store/engine.h"
#include "store/items.h"

namespace fit::store {

// The number of rows from which copying is faster than inserting one after the other.
inline constexpr std::size_t kBulk = 16;

// The ids and content hashes of items by their keys, as find_items() has them, in few statements.
Result<std::vector<std::optional<KnownItem>>> find_items_in_bulk(sql::SqlConnection& connection,
                                                                 std::span<const domain::ItemKey> keys);

// Adds items that are not there, with their images, vectors and words, each key once; within a write
// transaction of an engine that copies rows. Returns their ids, in order. The caller records the changes.
Result<std::vector<ItemId>> add_items_in_bulk(sql::SqlConnection& connection, const Engine& engine,
                                              std::span<const domain::ItemWrite* const> items,
                                              Timestamp time);

}  // namespace fit::store
