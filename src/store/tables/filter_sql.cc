#include "store/tables/filter_sql.h"

#include <algorithm>
#include <limits>

#include "base/format.h"
#include "store/tables/filter_columns.h"
#include "store/tables/text_query.h"
#include "store/tables/value_keys.h"

namespace fit::store {
FilterSql::FilterSql(const domain::ItemFilter& filter, FilterTable table, std::size_t first)
    : table_(table), next_(first) {
  bool filters_status = false;
  for (const bool wanted : {true, false}) {
    for (const domain::ValueSet& set : wanted ? filter.any_of : filter.none_of) {
      filters_status = filters_status || set.column == "status";
      add_values(set, wanted);
    }
  }
  if (!filters_status) add(column("status") + " = 'active'");
  if (filter.min_price) add(column("price") + " >= " + bind(*filter.min_price));
  if (filter.max_price) add(column("price") + " <= " + bind(*filter.max_price));
  if (filter.converted) add_ranges(*filter.converted);
  add_currencies(filter.currencies);
  if (filter.among) add_items(*filter.among);
  add_denied(filter.no_words);
  if (filter.listed_after) {
    add(column("listed_at") + " >= " + bind(std::int64_t{filter.listed_after->time_since_epoch().count()}));
  }
}

void FilterSql::add(std::string_view condition) {
  if (!text_.empty()) text_ += " AND ";
  text_ += condition;
}

void FilterSql::add_values(const domain::ValueSet& set, bool wanted) {
  std::string list;
  for (const std::string& value : set.values) {
    if (!can_be_key(value)) continue;
    list += (list.empty() ? "" : ", ") + bind(std::string_view(texts_.emplace_back(value_key(value))));
  }
  if (!is_text_column(set.column) || (list.empty() && wanted)) return add("FALSE");
  if (list.empty()) return;
  add(fit::format("{} {} ({})", column(set.column), wanted ? "IN" : "NOT IN", list));
}

// The tables of vectors have no currency: it is looked up in items for the rows that meet the other
// conditions.
std::string FilterSql::currency() const {
  return table_ == FilterTable::kItems ? "i.currency"
                                       : "(SELECT c.currency FROM items c WHERE c.id = v.item_id)";
}

// The price is in the range of its currency. The widest bounds come first, because an index finds them.
void FilterSql::add_ranges(std::span<const domain::PriceRange> ranges) {
  if (ranges.empty()) return add("FALSE");
  constexpr double kNone = std::numeric_limits<double>::infinity();
  double lowest = kNone;
  double highest = -kNone;
  std::string cases;
  for (const domain::PriceRange& range : ranges) {
    lowest = std::min(lowest, range.min.value_or(-kNone));
    highest = std::max(highest, range.max.value_or(kNone));
    cases += fit::format(" WHEN {} THEN TRUE", bind(std::string_view(texts_.emplace_back(range.currency))));
    if (range.min) cases += fit::format(" AND {} >= {}", column("price"), bind(*range.min));
    if (range.max) cases += fit::format(" AND {} <= {}", column("price"), bind(*range.max));
  }
  add(column("price") + " IS NOT NULL");
  if (lowest > -kNone) add(column("price") + " >= " + bind(lowest));
  if (highest < kNone) add(column("price") + " <= " + bind(highest));
  add(fit::format("CASE {}{} ELSE FALSE END", currency(), cases));
}

void FilterSql::add_currencies(std::span<const std::string> currencies) {
  if (currencies.empty()) return;
  std::string list;
  for (const std::string& currency : currencies) {
    list += (list.empty() ? "" : ", ") + bind(std::string_view(texts_.emplace_back(currency)));
  }
  add(column("price") + " IS NOT NULL");
  add(fit::format("{} IN ({})", currency(), list));
}

void FilterSql::add_items(std::span<const ItemId> items) {
  if (items.empty()) return add("FALSE");
  std::string list;
  for (const ItemId item : items) list += (list.empty() ? "" : ", ") + bind(item.value);
  add(fit::format("{} IN ({})", table_ == FilterTable::kItems ? "i.id" : "v.item_id", list));
}

// The tables of vectors have no words: they are looked up by the id of the item.
void FilterSql::add_denied(std::span<const domain::DeniedWord> words) {
  std::string query;
  for (const domain::DeniedWord& word : words) {
    const std::string denied = any_form(word.forms, word.in_names_only ? kNameWeights : "");
    if (denied.empty()) continue;
    const std::string allowed = any_form(word.unless);
    query += fit::format("{}(({}){})", query.empty() ? "" : " | ", denied,
                         allowed.empty() ? "" : fit::format(" & !({})", allowed));
  }
  if (query.empty()) return;
  add(fit::format("NOT EXISTS (SELECT 1 FROM item_words w WHERE w.item_id = {} AND w.words @@ {}::tsquery)",
                  table_ == FilterTable::kItems ? "i.id" : "v.item_id",
                  bind(std::string_view(texts_.emplace_back(std::move(query))))));
}

std::string FilterSql::bind(sql::SqlValue value) {
  values_.push_back(value);
  return "$" + std::to_string(next_++);
}

std::string FilterSql::column(std::string_view name) const {
  if (table_ == FilterTable::kVectors) return fit::format("v.{}", name);
  if (name == "price" || name == "listed_at" || name == "status") return fit::format("i.{}", name);
  return fit::format("fit_key(i.{})", name);
}

}  // namespace fit::store
