#include "store/change_log.h"

#include <algorithm>

#include "sql/multi_row.h"

namespace fit::store {

Result<std::int64_t> read_position(sql::SqlConnection& connection) {
  FIT_TRY(const auto position,
          connection.query_integer("SELECT value FROM counters WHERE name = $1", {"position"}));
  if (!position) return Error{ErrorCode::kDamaged, "the database is damaged", {}, "no counter 'position'"};
  return *position;
}

Result<ChangeLog> ChangeLog::begin(sql::SqlConnection& connection) {
  FIT_TRY(const auto position, read_position(connection));
  return ChangeLog(connection, position);
}

void ChangeLog::append(ItemId item, bool removed) {
  ++position_;
  changes_[item] = {.position = position_, .item = item, .removed = removed};
}

Result<void> ChangeLog::finish() {
  if (changes_.empty()) return {};
  std::vector<Change> ordered;
  ordered.reserve(changes_.size());
  for (const auto& [item, change] : changes_) ordered.push_back(change);
  std::ranges::sort(ordered, {}, &Change::position);
  std::vector<sql::SqlValue> values;
  values.reserve(ordered.size() * 3);
  for (const Change& change : ordered) {
    values.insert(values.end(), {change.item.value, change.position, std::int64_t{change.removed}});
  }
  FIT_CHECK(sql::insert_rows(
      connection_, "INSERT INTO item_changes (item_id, position, removed)", 3, values,
      "ON CONFLICT (item_id) DO UPDATE SET position = excluded.position, removed = excluded.removed"));
  FIT_CHECK(connection_.execute("UPDATE counters SET value = $1 WHERE name = $2", {position_, "position"}));
  return {};
}

}  // namespace fit::store
