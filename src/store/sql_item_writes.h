#pragma once

#include <span>
#include <vector>

#include "sql/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// Store::upsert_items and Store::remove_item for items that passed validation; within a write transaction.
Result<std::vector<UpsertOutcome>> write_items(sql::SqlConnection& connection,
                                               std::span<const domain::ItemWrite> items, Timestamp time);
Result<void> remove_item(sql::SqlConnection& connection, ItemId item);

}  // namespace fit::store
