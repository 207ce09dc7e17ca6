#include "http/router.h"

#include <algorithm>
#include <optional>

namespace fit::http {
namespace {

constexpr std::string_view kParameter = "{id}";

// What the parameter matched (empty where the pattern has none), or nothing when the path does not match.
std::optional<std::string_view> match_path(std::string_view pattern, std::string_view path) {
  const auto at = pattern.find(kParameter);
  if (at == std::string_view::npos) return pattern == path ? std::optional(std::string_view{}) : std::nullopt;
  const std::string_view head = pattern.substr(0, at);
  const std::string_view tail = pattern.substr(at + kParameter.size());
  if (path.size() <= head.size() + tail.size() || !path.starts_with(head) || !path.ends_with(tail)) {
    return std::nullopt;
  }
  const std::string_view value = path.substr(head.size(), path.size() - head.size() - tail.size());
  return value.contains('/') ? std::nullopt : std::optional(value);
}

}  // namespace

// A path without a parameter goes before one with it, so that "/items/import" is not the item "import".
Router::Match Router::match(Method method, std::string_view path) const {
  Match match;
  bool is_literal = false;
  for (const Route& route : routes_) {
    const auto parameter = match_path(route.pattern, path);
    if (!parameter) continue;
    const bool literal = !route.pattern.contains(kParameter);
    if (literal && !is_literal) match = {};
    if (is_literal && !literal) continue;
    is_literal = literal;
    if (std::ranges::find(match.allowed, route.method) == match.allowed.end())
      match.allowed.push_back(route.method);
    if (route.method == method) {
      match.route = &route;
      match.parameter = *parameter;
    }
  }
  return match;
}

}  // namespace fit::http
