#pragma once

#include <span>
#include <vector>

#include "store/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// Store::put_properties for properties that passed validation; within a write transaction.
Result<std::int64_t> write_properties(SqlConnection& connection, std::span<const PropertiesPut> puts,
                                      Timestamp time);

}  // namespace fit::store
