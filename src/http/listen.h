#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace fit::http {

// Returns the numeric address of `host` after a trial of listening on it at `port`: Drogon ends the process
// when its own bind fails. Another process can still take the port afterwards. kConflict naming APP_PORT when
// the port is in use; kInvalid naming APP_HOST or APP_PORT when the address is unknown, not this machine's,
// or not permitted. Thread-safe; blocks while the name is resolved.
Result<std::string> find_listen_address(const std::string& host, std::uint16_t port);

}  // namespace fit::http
