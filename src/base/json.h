#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit {

// JSON values for responses, manifests and small documents. Object members keep the order they were added in.
using Json = nlohmann::ordered_json;

// Bounds on one document. A value of an ordered object takes about 80 bytes, however short its text is.
struct JsonLimits {
  std::size_t members = 1000;    // in one object
  std::size_t values = 200'000;  // in the whole document, of any type
};

// Parses strictly (UTF-8, no comments, at most 64 levels deep), in time linear in the text. Of several
// members with the same name the last counts. kMalformed naming `field` when the text is not JSON or nested
// too deeply; kTooLarge naming `field` when it exceeds `limits`.
Result<Json> parse_json(std::string_view field, std::string_view text, const JsonLimits& limits = {});

// The member that an object has under a name, when it is a text or a whole number that int64_t has;
// otherwise, and for a value that is no object, empty or `fallback`. For JSON of others, in which a member of
// another type is as good as none.
std::string json_text(const Json& object, const std::string& name);
std::int64_t json_number(const Json& object, const std::string& name, std::int64_t fallback);

// Writes UTF-8 text, compact unless `indent` is given. Invalid UTF-8 in strings becomes U+FFFD.
std::string dump_json(const Json& value, int indent = -1);

}  // namespace fit
