#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace fit::ingest {

// Reads JSON as pages have it: with raw control characters in texts, trailing and missing commas, comments,
// single quotes, names without quotes, `undefined`, `NaN`, `!0`, and other words of JavaScript, which become
// null. Text that is cut ends all that is open. At most 64 levels deep and `limits.values` values, of which
// what was read before stays. Takes time linear in the text.
struct LooseJson {
  Json value;
  std::size_t end = 0;  // the offset behind the value
};
// The value at the beginning of the text, after blanks. nullopt when there is none.
std::optional<LooseJson> read_loose_json(std::string_view text, const JsonLimits& limits = {});

// All objects and lists of a script of JSON: one document, or several one after the other; also when the
// script is HTML-escaped ("&quot;"), in a comment or in CDATA.
std::vector<Json> read_json_script(std::string_view script);

}  // namespace fit::ingest
