#pragma once

#include <cstdint>
#include <unordered_map>

#include "sql/sql_connection.h"
#include "store/changes.h"

namespace fit::store {

// The number of the latest change.
Result<std::int64_t> read_position(sql::SqlConnection& connection);

// Gives each changed item of one write transaction its place in the history.
class ChangeLog {
 public:
  // Begins where the history ends; within the write transaction that the changes belong to.
  static Result<ChangeLog> begin(sql::SqlConnection& connection);

  void append(ItemId item, bool removed);

  // Stores the changes and the history's new end; to be called last, before the commit.
  Result<void> finish();

 private:
  ChangeLog(sql::SqlConnection& connection, std::int64_t position)
      : connection_(connection), position_(position) {}

  sql::SqlConnection& connection_;
  std::int64_t position_;
  std::unordered_map<ItemId, Change> changes_;  // the latest of each item
};

}  // namespace fit::store
