#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::ingest {

// Translates a CSS selector (Selectors Level 3) to XPath 1.0: names, "*", ".class", "#id", attributes with
// "=", "~=", "^=", "$=", "*=", ":first-child", ":last-child", ":nth-of-type(2)", the combinators and lists.
// Of what it selects, "::attr(href)" takes an attribute and "::text" the texts directly below. kInvalid
// naming `field` for anything else.
Result<std::string> css_to_xpath(std::string_view field, std::string_view selector);

}  // namespace fit::ingest
