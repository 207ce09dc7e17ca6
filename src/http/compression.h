#pragma once

#include <string_view>

#include "http/message.h"

namespace fit::http {

// Whether an Accept-Encoding header takes the coding: named, and not with a quality of 0.
bool accepts_encoding(std::string_view accept_encoding, std::string_view coding);

// Compresses the body with gzip where the request takes it and that pays: texts of at least 1 KiB that have no
// coding yet. Thread-safe.
void compress(const Request& request, Response& response);

}  // namespace fit::http
