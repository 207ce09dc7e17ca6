#pragma once

#include <string>
#include <string_view>

namespace fit::store {

// The key by which a filter compares texts: in lower case, as fit_key() in the database makes it.
std::string value_key(std::string_view text);

// Whether the database can hold such a text and a filter may name it; otherwise no item has it.
bool can_be_key(std::string_view text);

// A category as the tables of vectors have it: fit_key() of the database, cut as that function cuts.
std::string category_key(std::string_view category);

}  // namespace fit::store
