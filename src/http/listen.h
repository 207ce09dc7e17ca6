#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace fit::http {

// A listening socket.
struct Listener {
  int socket = -1;  // owned by the caller
  bool is_ip6 = false;
  std::string address;  // numeric, as in a URL: "127.0.0.1", "[::1]"
  std::uint16_t port = 0;
};

// Listens on `host`, a name or an address, at `port`; 0 chooses a free port. kConflict naming APP_PORT when
// the port is in use; kInvalid naming APP_HOST or APP_PORT when the address is unknown, not this machine's,
// or not permitted. Thread-safe; blocks while the name is resolved.
Result<Listener> listen_on(const std::string& host, std::uint16_t port);

}  // namespace fit::http
