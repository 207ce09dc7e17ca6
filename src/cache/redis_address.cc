#include "cache/redis_address.h"

#include <charconv>
#include <optional>

namespace fit::cache {
namespace {

Error invalid_url(std::string what) {
  return invalid("REDIS_URL", what +
                                  "; examples are redis://:password@host:6379/0 and "
                                  "unix:///run/redis/redis.sock?db=0");
}

std::optional<int> number(std::string_view text, int low, int high) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high)
    return std::nullopt;
  return value;
}

// Percent-decodes a text; nullopt for an invalid escape.
std::optional<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc{} || end != digits + 2) return std::nullopt;
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain;
}

// Removes "[[user]:password@]" from the front of `rest`.
Result<void> take_user(std::string_view& rest, RedisAddress& address) {
  const std::size_t at = rest.rfind('@');
  if (at == std::string_view::npos) return {};
  const std::string_view credentials = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const std::size_t colon = credentials.find(':');
  const auto user = decoded(credentials.substr(0, std::min(colon, credentials.size())));
  const auto password = decoded(colon == std::string_view::npos ? "" : credentials.substr(colon + 1));
  if (!user || !password) return invalid_url("has an invalid % escape in the user or the password");
  address.user = *user;
  address.password = *password;
  if (!address.user.empty() && address.password.empty())
    return invalid_url("names a user without a password");
  return {};
}

Result<RedisAddress> parse_socket(std::string_view rest) {
  RedisAddress address;
  FIT_CHECK(take_user(rest, address));
  const std::size_t options_start = rest.find('?');
  address.socket = rest.substr(0, options_start);
  if (!address.socket.starts_with('/')) return invalid_url("must name the socket by an absolute path");
  if (options_start == std::string_view::npos) return address;
  std::string_view option = rest.substr(options_start + 1);
  if (!option.starts_with("db=")) return invalid_url("has an option other than db");
  option.remove_prefix(3);
  const auto database = number(option, 0, 1'000'000);
  if (!database) return invalid_url("must name the database by its number");
  address.database = *database;
  return address;
}

Result<RedisAddress> parse_host(std::string_view rest) {
  RedisAddress address;
  FIT_CHECK(take_user(rest, address));
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos && slash + 1 < rest.size()) {
    const auto database = number(rest.substr(slash + 1), 0, 1'000'000);
    if (!database) return invalid_url("must name the database by its number");
    address.database = *database;
  }
  rest = rest.substr(0, slash);
  const std::size_t colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos;
  if (has_port) {
    const auto port = number(rest.substr(colon + 1), 1, 65535);
    if (!port) return invalid_url("must have a port from 1 to 65535");
    address.port = *port;
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  address.host = rest;
  if (address.host.empty()) return invalid_url("must name a host");
  return address;
}

}  // namespace

Result<RedisAddress> parse_redis_url(std::string_view url) {
  constexpr std::string_view kHost = "redis://";
  constexpr std::string_view kSocket = "unix://";
  if (url.find('\0') != std::string_view::npos) return invalid_url("must not contain a NUL character");
  if (url.starts_with(kHost)) return parse_host(url.substr(kHost.size()));
  if (url.starts_with(kSocket)) return parse_socket(url.substr(kSocket.size()));
  if (url.starts_with("rediss://")) return invalid_url("cannot use TLS; use a tunnel");
  return invalid_url("must begin with redis:// or unix://");
}

}  // namespace fit::cache
