#pragma once

#include <span>
#include <vector>

#include "store/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// Store::upsert_items and Store::remove_item for items that passed validation; within a write transaction.
Result<std::vector<UpsertOutcome>> write_items(SqlConnection& connection, std::span<const ItemWrite> items,
                                               Timestamp time);
Result<void> remove_item(SqlConnection& connection, ItemId item);

}  // namespace fit::store
