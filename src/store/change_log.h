#pragma once

#include <cstdint>
#include <unordered_map>

#include "sql/sql_connection.h"
#include "store/changes.h"

namespace fit::store {

// Returns the position of the latest change; 0 when there is none. Blocks.
Result<std::int64_t> read_position(sql::SqlConnection& connection);

// Gives each changed item of one write transaction a position. For the connection's thread; begin() and
// finish() block.
class ChangeLog {
 public:
  // Reads the latest position, within the ordered write transaction that the changes belong to.
  static Result<ChangeLog> begin(sql::SqlConnection& connection);

  // Adds the change of an item. Of several changes of one item the last counts.
  void append(ItemId item, bool removed);

  // Stores the changes and the new latest position. The last call before the commit.
  Result<void> finish();

 private:
  ChangeLog(sql::SqlConnection& connection, std::int64_t position)
      : connection_(connection), position_(position) {}

  sql::SqlConnection& connection_;
  std::int64_t position_;
  std::unordered_map<ItemId, Change> changes_;  // the latest of each item
};

}  // namespace fit::store
