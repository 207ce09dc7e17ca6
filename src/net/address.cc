#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace fit::net {
namespace {

// An IPv4 CIDR block.
struct Block4 {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// IANA IPv4 special-purpose address registry, and multicast.
constexpr Block4 kSpecial4[] = {
    {ip(0, 0, 0, 0), 8},      {ip(10, 0, 0, 0), 8},     {ip(100, 64, 0, 0), 10}, {ip(127, 0, 0, 0), 8},
    {ip(169, 254, 0, 0), 16}, {ip(172, 16, 0, 0), 12},  {ip(192, 0, 0, 0), 24},  {ip(192, 0, 2, 0), 24},
    {ip(192, 88, 99, 0), 24}, {ip(192, 168, 0, 0), 16}, {ip(198, 18, 0, 0), 15}, {ip(198, 51, 100, 0), 24},
    {ip(203, 0, 113, 0), 24}, {ip(224, 0, 0, 0), 4},    {ip(240, 0, 0, 0), 4},
};

using Ipv6 = std::array<std::uint8_t, 16>;

bool starts_with(const Ipv6& address, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

std::uint32_t embedded(const Ipv6& address, std::size_t at) {
  return ip(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

}  // namespace

bool is_public_ipv4(std::uint32_t address) {
  return std::ranges::none_of(kSpecial4, [address](const Block4& block) {
    return (address ^ block.first) >> (32 - block.bits) == 0;
  });
}

bool is_public_ipv6(const Ipv6& address) {
  if (starts_with(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}))
    return is_public_ipv4(embedded(address, 12));
  if (starts_with(address, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}))
    return is_public_ipv4(embedded(address, 12));
  if (starts_with(address, {0x20, 0x02})) return is_public_ipv4(embedded(address, 2));  // 6to4
  if ((address[0] & 0xe0) != 0x20) return false;                                        // not 2000::/3
  if (starts_with(address, {0x20, 0x01}) && address[2] < 2) return false;               // 2001::/23
  if (starts_with(address, {0x20, 0x01, 0x0d, 0xb8})) return false;                     // documentation
  return !(starts_with(address, {0x3f, 0xff}) && address[2] < 0x10);                    // documentation
}

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return is_public_ipv4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    Ipv6 bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return is_public_ipv6(bytes);
  }
  return false;
}

std::optional<bool> literal_is_public(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (const auto zone = host.find('%'); zone != std::string::npos) host.resize(zone);
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return is_public_ipv4(ntohl(v4.s_addr));
  Ipv6 v6{};
  if (::inet_pton(AF_INET6, host.c_str(), v6.data()) == 1) return is_public_ipv6(v6);
  return std::nullopt;
}

}  // namespace fit::net
