#pragma once

#include <cstdint>

#include "base/result.h"
#include "sql/sql_connection.h"

namespace fit::accounts {

// A number in the database that grows with each change that may give or take rights, in any process: what was
// read at a version holds as long as the version stays. Both block; errors as for SqlConnection.
Result<std::int64_t> access_version(sql::SqlConnection& connection);

// Makes the version grow, within the transaction of the change.
Result<void> count_access_change(sql::SqlConnection& connection);

}  // namespace fit::accounts
