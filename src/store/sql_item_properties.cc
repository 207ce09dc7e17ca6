#include "store/sql_item_properties.h"

#include <algorithm>
#include <array>

#include "store/sql_changes.h"

namespace fit::store {
namespace {

constexpr std::size_t kSetValues = kProperties.size() + 2;  // and property_origins and the time

const std::string& update_statement() {
  static const std::string sql = [] {
    std::string text = "UPDATE items SET ";
    std::size_t number = 1;
    for (const auto property : kProperties) {
      text += std::string(property) + " = $" + std::to_string(number++) + ", ";
    }
    text += "property_origins = $" + std::to_string(number++);
    const std::string time = std::to_string(number++);
    text += ", origins_at = $" + time + ", updated_at = $" + time;
    text += " WHERE id = $" + std::to_string(number++);
    return text + " AND updated_at = $" + std::to_string(number);
  }();
  return sql;
}

}  // namespace

Result<std::int64_t> write_properties(SqlConnection& connection, std::span<const PropertiesPut> puts,
                                      Timestamp time) {
  FIT_TRY(auto changes, ChangeLog::begin(connection));
  std::int64_t written = 0;
  for (const PropertiesPut& put : puts) {
    const std::string origins = encode_origins(settled(put.properties, put.origins));
    std::array<SqlValue, kSetValues + 2> values;
    auto* next = std::ranges::copy(put.properties, values.begin()).out;
    *next++ = origins;
    *next++ = time.time_since_epoch().count();
    *next++ = put.item.value;
    *next++ = put.updated_at.time_since_epoch().count();
    FIT_TRY(const std::int64_t rows, connection.execute(update_statement(), values));
    if (rows == 0) continue;
    changes.append(put.item, false);
    written += rows;
  }
  FIT_CHECK(changes.finish());
  return written;
}

}  // namespace fit::store
