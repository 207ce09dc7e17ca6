#pragma once

#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace fit::http {

// The HTTP status that an error code means to a client.
int status_of(ErrorCode code);

// The reason phrase of a status that this server sends: "Not Found".
std::string_view reason_of(int status);

// The body of a failed request: RFC 9457 problem details with the members "request_id" and, where one field
// is at fault, "field". Tells the client error.message, never error.detail. Busy answers carry Retry-After.
Response problem(const Error& error, const Request& request);

// The same for failures that HTTP itself names: 404 for a path, 405, 406.
Response problem(int status, std::string_view type, std::string_view detail, const Request& request);

}  // namespace fit::http
