#pragma once

#include <string>
#include <string_view>

namespace fit::store {

// Returns the key by which filters compare texts: the text in lower case, as the database function fit_key()
// makes it.
std::string value_key(std::string_view text);

// Whether a text can be the key of an item; a filter that names another one matches no item.
bool can_be_key(std::string_view text);

// Returns a category as the tables of vectors have it: its key, cut as fit_key() cuts.
std::string category_key(std::string_view category);

}  // namespace fit::store
