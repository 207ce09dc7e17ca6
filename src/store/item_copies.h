#pragma once

#include <span>

#include "sql/sql_connection.h"
#include "store/items.h"

namespace fit::store {

// Items::copy() for copies that passed validation, within an ordered write transaction. Blocks; for the
// connection's thread.
Result<void> write_copies(sql::SqlConnection& connection, const Engine& engine,
                          std::span<const domain::ItemCopy> copies);

}  // namespace fit::store
