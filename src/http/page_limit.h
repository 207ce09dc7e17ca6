#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace fit::http {

// Reads the query parameter "limit", from 1 to `most`. kInvalid naming "limit" otherwise.
Result<std::size_t> parse_limit(std::string_view text, std::size_t most);

}  // namespace fit::http
