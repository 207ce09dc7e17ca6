#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sql/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// The statements that prepare for search inside the database: fit_key(), the indexes of the items' filter
// columns, the table item_values, which counts the values that items have, and what keeps it and the copies
// of the filter columns beside the vectors in step.
std::string postgres_search_tables();

// Filter columns that have an index: those that filters ask for most often, beside a price; and of the others
// those that may leave few items.
inline constexpr std::array<std::string_view, 4> kIndexedWithPrice = {"category", "subcategory", "brand",
                                                                      "primary_color"};
inline constexpr std::array<std::string_view, 7> kIndexedAlone = {"source",   "size",  "pattern",  "material",
                                                                  "occasion", "price", "listed_at"};

// The columns of a filter: source, brand, size, status, price, listed_at and the properties; and those of
// them that are texts.
const std::vector<std::string>& filter_columns();
bool is_text_column(std::string_view name);

}  // namespace fit::store
