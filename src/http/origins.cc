#include "http/origins.h"

#include <algorithm>
#include <ranges>

#include "base/format.h"
#include "base/text.h"

namespace fit::http {
namespace {

bool is_address(std::string_view host) {
  if (host.starts_with('[')) return true;
  return std::ranges::count(host, '.') == 3 &&
         std::ranges::all_of(host, [](char c) { return is_digit(c) || c == '.'; });
}

// Whether the text has the form in which browsers send origins: "https://shop.example",
// "http://localhost:5173", "capacitor://localhost".
bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  const auto is_of_scheme = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '+' || c == '-';
  };
  if (!std::ranges::all_of(text.substr(0, scheme), is_of_scheme)) return false;
  const std::string_view host = text.substr(scheme + 3);
  const std::string_view name = without_port(host);
  if (!is_host_name(name) && !(name.starts_with('[') && name.ends_with(']'))) return false;
  if (name.size() == host.size()) return true;
  const std::string_view port = host.substr(name.size() + 1);
  const std::string_view usual = text.starts_with("https:") ? "443" : "80";
  return !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit) && port != usual;
}

std::vector<std::string_view> parts_of(std::string_view list) {
  std::vector<std::string_view> parts;
  for (const auto part : std::views::split(list, ',')) {
    const std::string_view text = trim(std::string_view(part.begin(), part.end()));
    if (!text.empty()) parts.push_back(text);
  }
  return parts;
}

}  // namespace

Result<AllowedOrigins> AllowedOrigins::parse(const std::string& setting, std::string_view list) {
  AllowedOrigins allowed;
  for (const std::string_view part : parts_of(list)) {
    if (part == "*") {
      allowed.allows_all_ = true;
    } else if (is_origin(part)) {
      allowed.origins_.emplace_back(part);
    } else {
      return invalid(setting, fit::format("\"{}\" is no origin: write it like https://shop.example or "
                                          "http://localhost:5173, without a path, or * for all",
                                          part.substr(0, 100)));
    }
  }
  return allowed;
}

bool AllowedOrigins::allows(std::string_view origin) const {
  return allows_all_ || std::ranges::contains(origins_, origin);
}

Result<AllowedHosts> AllowedHosts::parse(const std::string& setting, std::string_view list) {
  AllowedHosts allowed;
  for (const std::string_view part : parts_of(list)) {
    const std::string name = to_lower(part);
    if (name == "*") {
      allowed.allows_all_ = true;
    } else if (is_host_name(name.starts_with("*.") ? std::string_view(name).substr(2) : name)) {
      allowed.names_.push_back(name);
    } else {
      return invalid(setting, fit::format("\"{}\" is no host: write it like fit.example or *.shop.example, "
                                          "without a port, or * for all",
                                          part.substr(0, 100)));
    }
  }
  return allowed;
}

bool AllowedHosts::allows(std::string_view host) const {
  std::string name = to_lower(without_port(host));
  if (name.ends_with('.')) name.pop_back();
  if (allows_all_ || name.empty() || !name.contains('.') || is_address(name)) return true;
  if (name.ends_with(".localhost")) return true;
  return std::ranges::any_of(names_, [&name](const std::string& allowed) {
    if (!allowed.starts_with("*.")) return name == allowed;
    return name.ends_with(std::string_view(allowed).substr(1));
  });
}

std::string_view host_of_url(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view rest = url.substr(scheme + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

bool is_host_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
  });
}

std::string_view without_port(std::string_view host) {
  const auto bracket = host.rfind(']');
  const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  return host.substr(0, colon);
}

}  // namespace fit::http
