#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace fit::net {

// Whether the HTTP server of this process reacts: it accepts a connection and responds to "GET /live", or
// closes the connection, as it does above its limits. A server with TLS reacts to plain HTTP by an error or
// by closing. A kernel alone accepts connections too, but never does either. `address` is numeric, an IPv6
// one in brackets. Blocks, at most for `time`.
bool server_reacts(const std::string& address, std::uint16_t port, std::chrono::milliseconds time);

}  // namespace fit::net
