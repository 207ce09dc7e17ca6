#pragma once

#include <span>
#include <vector>

#include "sql/sql_connection.h"
#include "store/items.h"

namespace fit::store {

// Items::upsert() for items that passed validation, and the two Items::remove(), within an ordered write
// transaction. They block and are for the connection's thread.
Result<std::vector<UpsertOutcome>> write_items(sql::SqlConnection& connection, const Engine& engine,
                                               std::span<const domain::ItemWrite> items, Timestamp time);
Result<void> remove_item(sql::SqlConnection& connection, ItemId item);
Result<void> remove_version(sql::SqlConnection& connection, const domain::ItemVersion& version);

}  // namespace fit::store
