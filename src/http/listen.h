#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace fit::http {

// The numeric address of `host` on which `port` can be listened on now. Drogon ends the process when its own
// bind fails, so this tries first. kConflict naming APP_PORT when the port is in use, kInvalid naming
// APP_HOST or APP_PORT when the address is unknown, not this machine's, or not allowed.
Result<std::string> find_listen_address(const std::string& host, std::uint16_t port);

}  // namespace fit::http
