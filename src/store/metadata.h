#pragma once

#include <string>

#include "base/result.h"
#include "sql/database.h"

namespace fit::store {

// Named texts that are stored with the catalogue, such as the active space and the position of a long job.
// Writes are unordered. Thread-safe; calls block. Errors besides kInvalid: as for Catalogue.
class Metadata {
 public:
  explicit Metadata(sql::Database& database) : database_(database) {}

  // Returns the text of a name; "" when there is none.
  Result<std::string> get(const std::string& name);

  // Returns the text of a name, after adding `text` where there is none. Callers at the same time get the
  // same text. kInvalid as for put().
  Result<std::string> get_or_add(const std::string& name, const std::string& text);

  // Adds or replaces the text of a name. kInvalid for a name or text that is not UTF-8 or holds a NUL.
  Result<void> put(const std::string& name, const std::string& text);

 private:
  sql::Database& database_;
};

}  // namespace fit::store
