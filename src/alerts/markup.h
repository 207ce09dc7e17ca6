#pragma once

#include <string>
#include <string_view>

namespace fit::alerts {

// Escapes a text for HTML and XML, in elements and in attributes with quotes. Characters that XML 1.0 does
// not have, and bytes that are no UTF-8, are left out.
std::string escape_markup(std::string_view text);

}  // namespace fit::alerts
