#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "domain/records.h"
#include "sql/database.h"

namespace fit::store {

// Returns the versions of at most `limit` active items by ascending id, from the first above `after` up to
// `last`. Thread-safe; blocks. Errors as for sql::Database.
Result<std::vector<domain::ItemVersion>> active_versions(sql::Database& database, ItemId after, ItemId last,
                                                         std::size_t limit);

}  // namespace fit::store
