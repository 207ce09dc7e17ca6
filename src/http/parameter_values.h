#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace fit::http {

// Reads the query parameter "limit", from 1 to `most`. kInvalid naming "limit" otherwise.
Result<std::size_t> parse_limit(std::string_view text, std::size_t most);

// Reads a parameter that is "true" or "false". kInvalid naming it otherwise.
Result<bool> parse_flag(std::string_view name, std::string_view text);

}  // namespace fit::http
