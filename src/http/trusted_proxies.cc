#include "http/trusted_proxies.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <ranges>

#include "base/format.h"
#include "base/text.h"

namespace fit::http {
namespace {

constexpr std::size_t kBits6 = 128;
constexpr std::size_t kBits4 = 32;
constexpr std::size_t kShownRangeBytes = 100;

bool have_equal_bits(const Address& one, const Address& other, std::size_t bits) {
  const auto whole = static_cast<std::ptrdiff_t>(bits / 8);
  if (!std::equal(one.bytes().begin(), one.bytes().begin() + whole, other.bytes().begin())) return false;
  const unsigned mask = 0xff00U >> (bits % 8);
  return bits % 8 == 0 || ((one.bytes().at(bits / 8) ^ other.bytes().at(bits / 8)) & mask & 0xffU) == 0;
}

std::optional<std::size_t> parse_number(std::string_view text, std::size_t most) {
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number > most) return std::nullopt;
  return number;
}

// An address of X-Forwarded-For: "192.0.2.7", "192.0.2.7:80", "2001:db8::1", "[2001:db8::1]",
// "[2001:db8::1]:80".
std::optional<Address> parse_hop(std::string_view text) {
  static constexpr std::size_t kMaxPort = 65'535;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    port = text.substr(end + 1);
    text = text.substr(1, end - 1);
    if (!text.contains(':')) return std::nullopt;
  } else if (std::ranges::count(text, ':') == 1) {
    port = text.substr(text.find(':'));
    text = text.substr(0, text.find(':'));
  }
  if (!port.empty() && (!port.starts_with(':') || !parse_number(port.substr(1), kMaxPort)))
    return std::nullopt;
  return Address::parse(text);
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::string& setting, std::string_view list) {
  TrustedProxies trusted;
  for (const auto part : std::views::split(list, ',')) {
    const std::string_view text = trim(std::string_view(part.begin(), part.end()));
    if (text.empty()) continue;
    const auto slash = text.find('/');
    const auto address = Address::parse(text.substr(0, slash));
    const bool is_v4 = address && address->is_v4() && !text.substr(0, slash).contains(':');
    const std::size_t most = is_v4 ? kBits4 : kBits6;
    const auto bits =
        slash == std::string_view::npos ? std::optional(most) : parse_number(text.substr(slash + 1), most);
    if (!address || !bits) {
      return invalid(setting, fit::format("\"{}\" is no address or network: write it like 127.0.0.1, ::1, "
                                          "10.0.0.0/8 or 2001:db8::/32",
                                          text.substr(0, kShownRangeBytes)));
    }
    trusted.networks_.push_back({.address = *address, .bits = *bits + (is_v4 ? kBits6 - kBits4 : 0)});
  }
  return trusted;
}

bool TrustedProxies::contains(std::string_view address) const {
  const auto parsed = Address::parse(address.substr(0, address.find('%')));
  return parsed && contains(*parsed);
}

bool TrustedProxies::contains(const Address& address) const {
  return std::ranges::any_of(networks_, [&address](const Network& network) {
    // ::/0 means all of IPv6, not the IPv4 addresses that have an IPv6 form.
    if (address.is_v4() && network.bits < kBits6 - kBits4) return false;
    return have_equal_bits(network.address, address, network.bits);
  });
}

Client TrustedProxies::client_of(const Client& peer, const Headers& headers) const {
  Client client = peer;
  const auto protocols = headers.get_all("x-forwarded-proto");
  if (protocols.size() == 1) {
    const std::string protocol = to_lower(protocols.front());
    if (protocol == "https" || protocol == "http") client.is_https = protocol == "https";
  }
  if (const auto address = forwarded_address(headers)) client.address = address->to_string();
  return client;
}

// nullopt when there is none, or a text that is no address stands before it.
std::optional<Address> TrustedProxies::forwarded_address(const Headers& headers) const {
  std::optional<Address> hop;
  for (std::string_view hops : headers.get_all("x-forwarded-for") | std::views::reverse) {
    while (!hops.empty()) {
      const auto comma = hops.rfind(',');
      const std::string_view text = trim(comma == std::string_view::npos ? hops : hops.substr(comma + 1));
      hops = comma == std::string_view::npos ? std::string_view() : hops.substr(0, comma);
      if (text.empty()) continue;
      hop = parse_hop(text);
      if (!hop || !contains(*hop)) return hop;
    }
  }
  return hop;
}

}  // namespace fit::http
