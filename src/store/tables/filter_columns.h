#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fit::store {

// The columns of a filter: source, brand, size, status, price, listed_at and the properties.
const std::vector<std::string>& filter_columns();

// Whether it is one of filter_columns() that holds text.
bool is_text_column(std::string_view name);

}  // namespace fit::store
