#pragma once

#include <cstdint>
#include <string>

#include "http/message.h"

namespace fit::http {

// The status line and the header fields of a response as they are sent, with Date, Connection where the
// connection is closed afterwards, and Content-Length unless the status has no body (204, 304). Line breaks in
// values become blanks, so that no value forges a field. Thread-safe.
std::string response_head(const Response& response, std::uint64_t body_bytes, bool keeps_alive);

// Whether a response of that status has no body, whatever the request.
bool has_no_body(int status);

}  // namespace fit::http
