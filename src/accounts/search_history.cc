#include "accounts/search_history.h"

#include <limits>
#include <set>

#include "accounts/sql_times.h"

namespace fit::accounts {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

Result<void> SearchHistory::append(std::span<const HistoryEntry> entries) {
  if (entries.empty()) return {};
  return database_.write(Ordering::kUnordered, [entries](SqlConnection& connection) -> Result<void> {
    std::set<std::int64_t> users;
    for (const HistoryEntry& entry : entries) {
      // PostgreSQL takes parameters in a list of values for texts unless the statement says otherwise.
      FIT_CHECK(connection.execute(
          "INSERT INTO search_history (user_id, tenant, at, query) "
          "SELECT u.id, CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT) FROM users u "
          "WHERE u.id = $1 AND u.keeps_history = 1",
          {entry.user_id, std::string_view(entry.tenant), ticks(entry.at), std::string_view(entry.query)}));
      users.insert(entry.user_id);
    }
    for (const std::int64_t user : users) {
      FIT_CHECK(connection.execute(
          "DELETE FROM search_history WHERE user_id = $1 AND id <= "
          "(SELECT id FROM search_history WHERE user_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
          {user, sql::sql_limit(kMaxEntries)}));
    }
    return {};
  });
}

Result<std::vector<HistoryEntry>> SearchHistory::list(std::int64_t user, std::int64_t before,
                                                      std::size_t limit) {
  const std::int64_t below = before > 0 ? before : std::numeric_limits<std::int64_t>::max();
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<HistoryEntry>> {
    std::vector<HistoryEntry> entries;
    FIT_CHECK(
        connection.query("SELECT id, user_id, tenant, at, query FROM search_history "
                         "WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                         {user, below, sql::sql_limit(limit)}, [&entries](const SqlRow& row) {
                           entries.push_back({.id = row.integer(0),
                                              .user_id = row.integer(1),
                                              .tenant = std::string(row.text(2)),
                                              .at = time_at(row, 3),
                                              .query = std::string(row.text(4))});
                         }));
    return entries;
  });
}

Result<void> SearchHistory::clear(std::int64_t user) {
  return database_.write(Ordering::kUnordered, [user](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute("DELETE FROM search_history WHERE user_id = $1", {user}));
    return {};
  });
}

Result<std::int64_t> SearchHistory::prune(Timestamp before, std::size_t limit) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return connection.execute(
        "DELETE FROM search_history WHERE id IN (SELECT id FROM search_history WHERE at < $1 ORDER BY at "
        "LIMIT $2)",
        {ticks(before), sql::sql_limit(limit)});
  });
}

}  // namespace fit::accounts
