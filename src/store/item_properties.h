#pragma once

#include <span>
#include <vector>

#include "sql/sql_connection.h"
#include "store/items.h"

namespace fit::store {

// Items::put_properties() for properties that passed validation, within an ordered write transaction at
// `time`. Blocks; for the connection's thread.
Result<std::int64_t> write_properties(sql::SqlConnection& connection,
                                      std::span<const domain::PropertiesWrite> puts, Timestamp time);

}  // namespace fit::store
