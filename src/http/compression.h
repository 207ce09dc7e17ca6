#pragma once

#include <string_view>

#include "http/message.h"

namespace fit::http {

// Whether an Accept-Encoding header accepts the coding: names it without a quality of 0. "*" names nothing.
bool accepts_encoding(std::string_view accept_encoding, std::string_view coding);

// Compresses the body with gzip if the request accepts it, the body is text of at least 1 KiB, and the
// response has no Content-Encoding. Thread-safe.
void compress(const Request& request, Response& response);

}  // namespace fit::http
