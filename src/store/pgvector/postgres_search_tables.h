#pragma once

#include <array>
#include <string>
#include <string_view>

namespace fit::store {

// The statements that prepare for search inside the database: fit_key(), the indexes of the items' filter
// columns, the table item_values, which counts the values that items have, and what keeps it and the copies
// of the filter columns beside the vectors in step.
std::string postgres_search_tables();

// Filter columns that have an index: the columns that filters name most often, beside a price, and the other
// columns whose values may match few items.
inline constexpr std::array<std::string_view, 4> kIndexedWithPrice = {"category", "subcategory", "brand",
                                                                      "primary_color"};
inline constexpr std::array<std::string_view, 7> kIndexedAlone = {"source",   "size",  "pattern",  "material",
                                                                  "occasion", "price", "listed_at"};

}  // namespace fit::store
