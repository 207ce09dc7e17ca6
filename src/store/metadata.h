#pragma once

#include <string>

#include "base/result.h"
#include "sql/database.h"

namespace fit::store {

// Small texts under names, stored with the catalogue: the active space, where a long job continues. Writes
// are unordered. Thread-safe; calls block.
class Metadata {
 public:
  explicit Metadata(sql::Database& database) : database_(database) {}

  // The text; "" when there is none.
  Result<std::string> get(const std::string& name);

  // kInvalid for a name or text that is not UTF-8 or holds a NUL.
  Result<void> put(const std::string& name, const std::string& text);

 private:
  sql::Database& database_;
};

}  // namespace fit::store
