#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "sql/database.h"
#include "style/trends/trend.h"

namespace fit::style {

// The latest trends of a catalogue, as they were computed. Thread-safe; calls block. Errors: as for
// sql::Database.
class Trends {
 public:
  explicit Trends(sql::Database& database) : database_(database) {}

  // As to_json() wrote the report of the window; nullopt before any was computed.
  Result<std::optional<Json>> get(std::size_t window);
  // When the oldest of the reports was computed; nullopt when one is missing.
  Result<std::optional<Timestamp>> computed_at();
  // Replaces reports by these, unless they are older.
  Result<void> put(std::span<const TrendReport> reports);

 private:
  sql::Database& database_;
};

}  // namespace fit::style
