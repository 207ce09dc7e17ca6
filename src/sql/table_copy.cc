#include "sql/table_copy.h"

#include <string>
#include <vector>

#include "base/format.h"

namespace fit::sql {
namespace {

std::string joined_columns(const CopiedTable& table) {
  std::string columns;
  for (const auto& names : {table.integers, table.texts, table.reals, table.bytes}) {
    for (const std::string_view name : names)
      columns += fit::format("{}{}", columns.empty() ? "" : ", ", name);
  }
  return columns;
}

std::string insert_statement(const CopiedTable& table, std::string_view columns) {
  const std::size_t count =
      table.integers.size() + table.texts.size() + table.reals.size() + table.bytes.size();
  std::string places;
  for (std::size_t i = 1; i <= count; ++i) places += fit::format("{}${}", i == 1 ? "" : ", ", i);
  return fit::format("INSERT INTO {} ({}) VALUES ({})", table.name, columns, places);
}

// The values live as long as the row.
std::vector<SqlValue> values_of(const CopiedTable& table, const SqlRow& row) {
  std::vector<SqlValue> values;
  const auto add = [&](std::size_t count, const auto& read) {
    for (; count > 0; --count) {
      const int column = static_cast<int>(values.size());
      values.push_back(row.is_null(column) ? SqlValue() : SqlValue(read(column)));
    }
  };
  add(table.integers.size(), [&row](int column) { return row.integer(column); });
  add(table.texts.size(), [&row](int column) { return row.text(column); });
  add(table.reals.size(), [&row](int column) { return row.real(column); });
  add(table.bytes.size(), [&row](int column) { return row.blob(column); });
  return values;
}

}  // namespace

Result<std::int64_t> copy_table_rows(SqlConnection& from, SqlConnection& to, const CopiedTable& table,
                                     std::string_view condition, std::span<const SqlValue> values,
                                     const RowChange& change) {
  const std::string columns = joined_columns(table);
  const std::string insert = insert_statement(table, columns);
  std::int64_t rows = 0;
  Result<void> copied;
  FIT_CHECK(from.query(fit::format("SELECT {} FROM {} {}", columns, table.name, condition), values,
                       [&](const SqlRow& row) {
                         if (!copied) return;
                         std::vector<SqlValue> fields = values_of(table, row);
                         if (change && !change(fields)) return;
                         if (const auto inserted = to.execute(insert, fields); !inserted) {
                           copied = inserted.error();
                           return;
                         }
                         ++rows;
                       }));
  FIT_CHECK(std::move(copied));
  return rows;
}

}  // namespace fit::sql
