#pragma once

#include <list>
#include <span>
#include <string>
#include <vector>

#include "domain/item_filter.h"
#include "sql/sql_connection.h"

namespace fit::store {

// The table that the conditions of a filter read: items as i, or the vectors of a space as v, which have the
// same columns with keys (value_keys.h) instead of texts.
enum class FilterTable : std::uint8_t { kItems, kVectors };

// A filter as an SQL condition with parameters, which begin at $`first`. Owns what its values point to.
// Immutable.
class FilterSql {
 public:
  FilterSql(const domain::ItemFilter& filter, FilterTable table, std::size_t first);
  FilterSql(const FilterSql&) = delete;
  FilterSql& operator=(const FilterSql&) = delete;

  const std::string& text() const { return text_; }  // never empty
  const std::vector<sql::SqlValue>& values() const { return values_; }

 private:
  void add(std::string_view condition);
  void add_values(const domain::ValueSet& set, bool wanted);
  void add_ranges(std::span<const domain::PriceRange> ranges);
  void add_currencies(std::span<const std::string> currencies);
  void add_items(std::span<const ItemId> items);
  void add_denied(std::span<const domain::DeniedWord> words);
  std::string bind(sql::SqlValue value);
  std::string currency() const;
  std::string column(std::string_view name) const;

  FilterTable table_;
  std::size_t next_;
  std::string text_;
  std::vector<sql::SqlValue> values_;
  std::list<std::string> texts_;
};

}  // namespace fit::store
