#pragma once

#include <string>

#include "http/message.h"

namespace fit::http {

// The address of this server before a path: that of PUBLIC_URL, if `public_origin` has it, otherwise the one
// by which the request has come, whose host ALLOWED_HOSTS allows (origins.h).
std::string own_origin(const std::string& public_origin, const Request& request);

}  // namespace fit::http
