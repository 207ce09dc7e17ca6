#pragma once

#include "base/json.h"
#include "http/message.h"

namespace fit::http {

// The JSON object in the body of a request. kUnsupportedMedia for another Content-Type than application/json,
// kMalformed or kTooLarge naming "body".
Result<Json> json_body(const Request& request);

}  // namespace fit::http
