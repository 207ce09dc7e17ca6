#include "net/proxy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace fit::net {
namespace {

std::string variable(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return result;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : text + ',') {
    if (c != ',' && c != ' ') {
      part += c;
    } else if (!part.empty()) {
      parts.push_back(lower(std::exchange(part, {})));
    }
  }
  return parts;
}

// The bytes of a literal address and their number: 4 or 16, or 0 for a name.
std::pair<std::array<std::uint8_t, 16>, int> address_bytes(const std::string& host) {
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return {bytes, 4};
  if (::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) return {bytes, 16};
  return {bytes, 0};
}

bool in_block(const std::string& host, std::string_view pattern) {
  const auto slash = pattern.find('/');
  const auto [block, block_size] = address_bytes(std::string(pattern.substr(0, slash)));
  const auto [address, address_size] = address_bytes(host);
  if (block_size == 0 || block_size != address_size) return false;
  int bits = block_size * 8;
  if (slash != std::string_view::npos) {
    const std::string_view digits = pattern.substr(slash + 1);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (problem != std::errc{} || end != digits.data() + digits.size() || bits < 0 || bits > block_size * 8)
      return false;
  }
  for (int bit = 0; bit < bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if (((address[byte] ^ block[byte]) >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

bool covers(std::string_view pattern, const std::string& host) {
  if (pattern == "*") return true;
  if (in_block(host, pattern)) return true;
  while (pattern.starts_with('.')) pattern.remove_prefix(1);
  if (pattern.empty() || !host.ends_with(pattern)) return false;
  return host.size() == pattern.size() || host[host.size() - pattern.size() - 1] == '.';
}

}  // namespace

ProxySettings ProxySettings::from_environment() {
  ProxySettings settings;
  const std::string all = variable({"all_proxy", "ALL_PROXY"});
  settings.http = variable({"http_proxy"});
  settings.https = variable({"https_proxy", "HTTPS_PROXY"});
  if (settings.http.empty()) settings.http = all;
  if (settings.https.empty()) settings.https = all;
  settings.no_proxy = split_list(variable({"no_proxy", "NO_PROXY"}));
  return settings;
}

std::string ProxySettings::proxy_for(std::string_view scheme, std::string_view host) const {
  const std::string name = lower(host);
  if (std::ranges::any_of(no_proxy, [&](const std::string& pattern) { return covers(pattern, name); }))
    return {};
  return scheme == "https" ? https : http;
}

}  // namespace fit::net
