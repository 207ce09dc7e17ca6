#pragma once

#include <array>
#include <string>
#include <string_view>

namespace fit::store {

// Returns the statements that prepare search inside the database: the function fit_key(), the indexes of the
// filter columns of items, the table item_values, which counts the items of each value, and the triggers that
// maintain this table and the copies of the filter columns beside the vectors.
std::string postgres_search_tables();

// The filter columns that have an index: the first, which filters name most often, together with the price;
// the second, whose values may match few items, alone.
inline constexpr std::array<std::string_view, 4> kIndexedWithPrice = {"category", "subcategory", "brand",
                                                                      "primary_color"};
inline constexpr std::array<std::string_view, 7> kIndexedAlone = {"source",   "size",  "pattern",  "material",
                                                                  "occasion", "price", "listed_at"};

}  // namespace fit::store
