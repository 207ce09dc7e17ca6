#pragma once

#include <string_view>

#include "base/json.h"

namespace fit {

// Reads a TOML document as JSON: tables become objects, dates and times texts. kInvalid naming `field` and
// the line of a syntax error.
Result<Json> parse_toml(std::string_view field, std::string_view text);

}  // namespace fit
