#include "store/item_properties.h"

#include <algorithm>
#include <array>

#include "store/change_log.h"
#include "store/item_columns.h"

namespace fit::store {
namespace {

constexpr std::size_t kSetValues = domain::kProperties.size() + 2;  // with property_origins and the time

const std::string& update_statement() {
  static const std::string sql = [] {
    std::string text = "UPDATE items SET ";
    std::size_t number = 1;
    for (const auto property : domain::kProperties) {
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

Result<std::int64_t> write_properties(sql::SqlConnection& connection,
                                      std::span<const domain::PropertiesWrite> puts, Timestamp time) {
  FIT_TRY(auto changes, ChangeLog::begin(connection));
  std::int64_t written = 0;
  for (const domain::PropertiesWrite& put : puts) {
    const std::string origins = domain::encode_origins(domain::settled(put.properties, put.origins));
    std::array<sql::SqlValue, kSetValues + 2> values;
    auto* next = std::ranges::copy(put.properties, values.begin()).out;
    *next++ = origins;
    const domain::ItemVersion& version = put.expected_version;
    *next++ = later_than(version.updated_at, time).time_since_epoch().count();
    *next++ = version.id.value;
    *next++ = version.updated_at.time_since_epoch().count();
    FIT_TRY(const std::int64_t rows, connection.execute(update_statement(), values));
    if (rows == 0) continue;
    changes.append(version.id, false);
    written += rows;
  }
  FIT_CHECK(changes.finish());
  return written;
}

}  // namespace fit::store
