#include "sql/multi_row.h"

#include <array>

namespace fit::sql {
namespace {

constexpr std::array<std::size_t, 3> kRows = {64, 8, 1};

std::string placeholders(std::size_t rows, std::size_t width) {
  std::string text;
  for (std::size_t i = 0; i < rows * width; ++i) {
    if (i % width == 0) text += i == 0 ? "(" : "), (";
    text += (i % width == 0 ? "$" : ", $") + std::to_string(i + 1);
  }
  return text + ")";
}

}  // namespace

Result<void> insert_rows(SqlConnection& connection, std::string_view head, std::size_t width,
                         std::span<const SqlValue> values, std::string_view tail) {
  for (const std::size_t rows : kRows) {
    if (values.size() < rows * width) continue;
    const std::string sql =
        std::string(head) + " VALUES " + placeholders(rows, width) + " " + std::string(tail);
    while (values.size() >= rows * width) {
      FIT_CHECK(connection.execute(sql, values.first(rows * width)));
      values = values.subspan(rows * width);
    }
  }
  return {};
}

}  // namespace fit::sql
