#pragma once

#include <cstdint>
#include <ctime>
#include <string>

#include "http/message.h"

namespace fit::http {

// The status line and header fields of a response as they are sent, with Date, Connection: close unless
// `keeps_alive`, and Content-Length unless the status has no body (204, 304). Control characters in values,
// line breaks among them, become blanks, so that no value can forge a field. Thread-safe.
std::string response_head(const Response& response, std::uint64_t body_bytes, bool keeps_alive);

// A date of HTTP: "Sun, 29 Nov 2026 01:24:37 GMT". Independent of the locale. Thread-safe.
std::string http_date(std::time_t time);

// Whether responses with this status never have a body.
bool has_no_body(int status);

}  // namespace fit::http
