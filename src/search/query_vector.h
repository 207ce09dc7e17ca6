#pragma once

#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace fit::search {

// The most numbers that a client's vector may have. No space has more dimensions.
inline constexpr std::size_t kMaxVectorNumbers = 8192;

// Reads a vector that a client has embedded: a list of 1 to kMaxVectorNumbers finite numbers that are not all
// zero. Returns it scaled to L2 norm 1. kInvalid naming `field` for anything else. Whether the vector is of
// the searched space is checked by the search.
Result<std::vector<float>> parse_query_vector(std::string_view field, const Json& list);

}  // namespace fit::search
