#include "store/changes.h"

#include "store/change_log.h"

namespace fit::store {

Result<std::int64_t> Changes::position() {
  return database_.read([](sql::SqlConnection& connection) { return read_position(connection); });
}

Result<std::vector<Change>> Changes::list(std::int64_t after, std::size_t limit) {
  return database_.read([&](sql::SqlConnection& connection) -> Result<std::vector<Change>> {
    std::vector<Change> changes;
    FIT_CHECK(connection.query(
        "SELECT position, item_id, removed FROM item_changes WHERE position > $1 ORDER BY position LIMIT $2",
        {after, sql::sql_limit(limit)}, [&changes](const sql::SqlRow& row) {
          changes.push_back({row.integer(0), ItemId{row.integer(1)}, row.integer(2) != 0});
        }));
    return changes;
  });
}

}  // namespace fit::store
