#include "store/active_items.h"

#include "sql/sql_times.h"

namespace fit::store {

Result<std::vector<domain::ItemVersion>> active_versions(sql::Database& database, ItemId after, ItemId last,
                                                         std::size_t limit) {
  std::vector<domain::ItemVersion> versions;
  FIT_CHECK(database.read([&](sql::SqlConnection& connection) {
    versions.clear();  // the work may be repeated
    return connection.query(
        "SELECT id, updated_at FROM items WHERE id > $1 AND id <= $2 AND status = 'active' ORDER BY id LIMIT "
        "$3",
        {after.value, last.value, sql::sql_limit(limit)}, [&versions](const sql::SqlRow& row) {
          versions.push_back({.id = ItemId{row.integer(0)}, .updated_at = sql::time_at(row, 1)});
        });
  }));
  return versions;
}

}  // namespace fit::store
