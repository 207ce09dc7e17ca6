#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "sql/sql_connection.h"

namespace fit::sql {

// Times in tables are microseconds since 1970, UTC.
inline std::int64_t ticks(Timestamp time) {
  return time.time_since_epoch().count();
}

inline Timestamp time_at(const SqlRow& row, int column) {
  return Timestamp(std::chrono::microseconds(row.integer(column)));
}

inline std::optional<Timestamp> optional_time_at(const SqlRow& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return time_at(row, column);
}

}  // namespace fit::sql
