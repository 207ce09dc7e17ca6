#pragma once

#include <span>

#include "sql/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// Store::copy_items for copies that passed validation; within a write transaction.
Result<void> write_copies(sql::SqlConnection& connection, std::span<const domain::ItemCopy> copies);

}  // namespace fit::store
