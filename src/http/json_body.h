#pragma once

#include "base/json.h"
#include "http/message.h"

namespace fit::http {

// The limits of JSON bodies that describe one thing, and of those that have lists or filters.
inline constexpr std::size_t kSmallBodyBytes = 16 << 10;
inline constexpr std::size_t kMediumBodyBytes = 64 << 10;

// Returns the JSON object in the body of a request. kUnsupportedMedia for another Content-Type than
// application/json, otherwise the errors of json_object().
Result<Json> json_body(const Request& request);

// Returns the JSON object in the body of a request, whatever its Content-Type. kMalformed or kTooLarge naming
// "body".
Result<Json> json_object(const Request& request);

}  // namespace fit::http
