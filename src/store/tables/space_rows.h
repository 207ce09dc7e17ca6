#pragma once

#include <optional>
#include <vector>

#include "domain/space.h"
#include "sql/sql_connection.h"

namespace fit::store {

// Returns all spaces, by ascending id. Blocks, as the following functions do; they are for the connection's
// thread.
Result<std::vector<domain::SpaceRecord>> read_spaces(sql::SqlConnection& connection);

// Returns the space of the spec's name and version, or nothing. kConflict when it has other dimensions or is
// of another kind.
Result<std::optional<domain::SpaceRecord>> find_space(sql::SqlConnection& connection,
                                                      const domain::SpaceSpec& spec);

// Adds the row of a new space, within an ordered write transaction.
Result<domain::SpaceRecord> insert_space(sql::SqlConnection& connection, const domain::SpaceSpec& spec);

}  // namespace fit::store
