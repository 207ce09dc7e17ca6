#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::store {

// One step of the catalogue's history: the item was written, or removed.
struct Change {
  std::int64_t position = 0;
  ItemId item;
  bool removed = false;
};

// The order in which items changed. A write of an item, its images or its vectors is a change of the item.
// Positions grow in the order of commits, over all processes. Thread-safe; calls block.
class Changes {
 public:
  explicit Changes(sql::Database& database) : database_(database) {}

  // The position of the latest change; 0 when there is none. Cheap.
  Result<std::int64_t> position();

  // The items that changed after position `after`, each with its latest change, by ascending position, at
  // most `limit`.
  Result<std::vector<Change>> list(std::int64_t after, std::size_t limit);

 private:
  sql::Database& database_;
};

}  // namespace fit::store
