#pragma once

#include <span>

#include "store/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// Store::copy_items for copies that passed validation; within a write transaction.
Result<void> write_copies(SqlConnection& connection, std::span<const ItemCopy> copies);

}  // namespace fit::store
