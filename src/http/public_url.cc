#include "http/public_url.h"

#include <charconv>

#include "base/format.h"
#include "base/text.h"
#include "http/address.h"
#include "http/origins.h"

namespace fit::http {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";
constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kShownBytes = 100;

bool is_public_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    const auto address = Address::parse(host.substr(1, host.size() - 2));
    return address && !address->is_v4();
  }
  if (host.size() > kMaxHostBytes || host.starts_with('.') || host.contains("..")) return false;
  return is_host_name(host);
}

}  // namespace

Result<PublicUrl> PublicUrl::parse(const std::string& setting, std::string_view url) {
  const Error error =
      invalid(setting, fit::format("\"{}\" must be written like https://fit.example or http://10.0.0.5:8000, "
                                   "without a path",
                                   url.substr(0, kShownBytes)));
  const std::string text = to_lower(url);
  PublicUrl parsed;
  parsed.is_https = text.starts_with(kHttps);
  if (!parsed.is_https && !text.starts_with(kHttp)) return error;
  std::string_view rest = std::string_view(text).substr(parsed.is_https ? kHttps.size() : kHttp.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  parsed.host = without_port(rest);
  if (!is_public_host(parsed.host)) return error;
  const std::uint16_t usual = parsed.is_https ? 443 : 80;
  parsed.port = usual;
  if (parsed.host.size() < rest.size()) {
    const std::string_view port = rest.substr(parsed.host.size() + 1);
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
    if (failed != std::errc{} || end != port.data() + port.size() || parsed.port == 0) return error;
  }
  parsed.origin = std::string(parsed.is_https ? kHttps : kHttp) + parsed.host;
  if (parsed.port != usual) parsed.origin += fit::format(":{}", parsed.port);
  return parsed;
}

}  // namespace fit::http
