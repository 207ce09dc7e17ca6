#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// A search of a user.
struct HistoryEntry {
  std::int64_t id = 0;  // grows with each entry; assigned when it is stored
  std::int64_t user_id = 0;
  std::string tenant = {};
  Timestamp at = {};
  std::string query = {};  // a JSON object
};

// What users have searched for: the latest kMaxEntries of each. Thread-safe; calls block. Errors as for
// sql::Database.
class SearchHistory {
 public:
  static constexpr std::size_t kMaxEntries = 5000;

  explicit SearchHistory(sql::Database& database) : database_(database) {}

  // Stores all entries or none. Entries of users who are gone or keep no history are left out.
  Result<void> append(std::span<const HistoryEntry> entries);

  // The latest first: those with smaller ids than `before`, unless it is 0.
  Result<std::vector<HistoryEntry>> list(std::int64_t user, std::int64_t before, std::size_t limit);

  Result<void> clear(std::int64_t user);

  // Removes entries of before that time, at most `limit`. Returns their number.
  Result<std::int64_t> prune(Timestamp before, std::size_t limit);

 private:
  sql::Database& database_;
};

}  // namespace fit::accounts
