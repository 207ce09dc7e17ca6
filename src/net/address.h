#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

struct sockaddr;

namespace fit::net {

// Whether an address belongs to the public Internet, so that a request made for a client may go there:
// everything but the special-purpose blocks of RFC 6890 and its registries (private, loopback, link-local,
// shared, documentation, benchmarking, multicast, reserved). IPv6 forms that carry an IPv4 address (mapped,
// NAT64, 6to4) count as that address.
bool is_public_ipv4(std::uint32_t address);  // in host byte order
bool is_public_ipv6(const std::array<std::uint8_t, 16>& address);
bool is_public(const sockaddr& address);  // false for other families than IPv4 and IPv6

// Whether a URL's host that is a literal address ("10.0.0.1", "[::1]", "fe80::1%eth0") is public; nullopt for
// a name.
std::optional<bool> literal_is_public(std::string host);

}  // namespace fit::net
