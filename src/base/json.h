#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace fit {

// JSON values for responses, manifests and small documents. Object members keep the order they were added in.
using Json = nlohmann::ordered_json;

// Parses strictly (UTF-8, no comments, at most 64 levels deep); kMalformed naming `field` otherwise.
Result<Json> parse_json(std::string_view field, std::string_view text);

// Writes UTF-8 text, compact unless `indent` is given. Invalid UTF-8 in strings becomes U+FFFD.
std::string dump_json(const Json& value, int indent = -1);

}  // namespace fit
