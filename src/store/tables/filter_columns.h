#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fit::store {

// The names of the filter columns in SQL: source, brand, size, status, price, listed_at and the properties.
const std::vector<std::string>& filter_columns();

// Whether a name is one of filter_columns() that has texts.
bool is_text_column(std::string_view name);

}  // namespace fit::store
