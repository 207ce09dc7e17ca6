#include "cache/redis_address.h"

#include <charconv>
#include <optional>

namespace fit::cache {
namespace {

Error bad(std::string what) {
  return invalid("REDIS_URL", what +
                                  "; it looks like redis://:password@host:6379/0 or "
                                  "unix:///run/redis/redis.sock?db=0");
}

std::optional<int> number(std::string_view text, int low, int high) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high)
    return std::nullopt;
  return value;
}

// Percent-decoded; nothing for a broken escape.
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

// Takes "[[user]:password@]" off the front.
Result<void> take_user(std::string_view& rest, RedisAddress& address) {
  const std::size_t at = rest.rfind('@');
  if (at == std::string_view::npos) return {};
  const std::string_view who = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const std::size_t colon = who.find(':');
  const auto user = decoded(who.substr(0, std::min(colon, who.size())));
  const auto password = decoded(colon == std::string_view::npos ? "" : who.substr(colon + 1));
  if (!user || !password) return bad("has a broken % in the user or the password");
  address.user = *user;
  address.password = *password;
  if (!address.user.empty() && address.password.empty()) return bad("names a user without a password");
  return {};
}

Result<RedisAddress> parse_socket(std::string_view rest) {
  RedisAddress address;
  FIT_CHECK(take_user(rest, address));
  const std::size_t question = rest.find('?');
  address.socket = rest.substr(0, question);
  if (!address.socket.starts_with('/')) return bad("must name the socket by an absolute path");
  if (question == std::string_view::npos) return address;
  std::string_view option = rest.substr(question + 1);
  if (!option.starts_with("db=")) return bad("knows only the option db");
  option.remove_prefix(3);
  const auto database = number(option, 0, 1'000'000);
  if (!database) return bad("must name the database by its number");
  address.database = *database;
  return address;
}

Result<RedisAddress> parse_host(std::string_view rest) {
  RedisAddress address;
  FIT_CHECK(take_user(rest, address));
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos && slash + 1 < rest.size()) {
    const auto database = number(rest.substr(slash + 1), 0, 1'000'000);
    if (!database) return bad("must name the database by its number");
    address.database = *database;
  }
  rest = rest.substr(0, slash);
  const std::size_t colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos;
  if (has_port) {
    const auto port = number(rest.substr(colon + 1), 1, 65535);
    if (!port) return bad("must have a port from 1 to 65535");
    address.port = *port;
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  address.host = rest;
  if (address.host.empty()) return bad("must name a host");
  return address;
}

}  // namespace

Result<RedisAddress> parse_redis_url(std::string_view url) {
  constexpr std::string_view kHost = "redis://";
  constexpr std::string_view kSocket = "unix://";
  if (url.find('\0') != std::string_view::npos) return bad("must not hold a NUL");
  if (url.starts_with(kHost)) return parse_host(url.substr(kHost.size()));
  if (url.starts_with(kSocket)) return parse_socket(url.substr(kSocket.size()));
  if (url.starts_with("rediss://")) return bad("cannot be reached by TLS; put a tunnel in between");
  return bad("must begin with redis:// or unix://");
}

}  // namespace fit::cache
