#pragma once

#include <string_view>

#include "base/json.h"

namespace fit {

// A TOML document as JSON: tables are objects, dates and times are texts. kInvalid naming `field` and the
// line for what is not TOML.
Result<Json> parse_toml(std::string_view field, std::string_view text);

}  // namespace fit
