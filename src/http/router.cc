#include "http/router.h"

#include <algorithm>

namespace fit::http {
namespace {

using Segments = std::vector<std::string_view>;

// "/items/42" is "items", "42". A path that does not begin with "/" has no segments.
Segments split(std::string_view path) {
  Segments segments;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const auto end = path.find('/');
    segments.push_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
  }
  return segments;
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}');
}

bool matches(const std::vector<std::string>& pattern, const Segments& path) {
  return std::ranges::equal(pattern, path, [](std::string_view wanted, std::string_view segment) {
    return is_parameter(wanted) ? !segment.empty() : wanted == segment;
  });
}

// Compares two patterns that match the same path from the left: negative when the first difference is a
// literal segment of `a` and a parameter of `b`.
int compare(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int difference = static_cast<int>(is_parameter(a[i])) - static_cast<int>(is_parameter(b[i]));
    if (difference != 0) return difference;
  }
  return 0;
}

PathParameters parameters_of(const std::vector<std::string>& pattern, const Segments& path) {
  PathParameters parameters;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::string_view segment = pattern[i];
    if (is_parameter(segment)) parameters.add(segment.substr(1, segment.size() - 2), path[i]);
  }
  return parameters;
}

}  // namespace

std::string_view to_string(RouteClass route_class) {
  switch (route_class) {
    case RouteClass::kNone:
      return "none";
    case RouteClass::kSearch:
      return "search";
    case RouteClass::kWrite:
      return "write";
    case RouteClass::kIngest:
      return "ingest";
    case RouteClass::kSignIn:
      return "sign-in";
    case RouteClass::kEmbedding:
      return "embedding";
  }
  return "none";
}

void Router::add(Route route) {
  Entry entry{.route = std::move(route), .segments = {}};
  for (const std::string_view segment : split(entry.route.pattern)) entry.segments.emplace_back(segment);
  entries_.push_back(std::make_unique<const Entry>(std::move(entry)));
}

void Router::add(Route route, TenantHandler handler) {
  route.handler = [snapshot_of = snapshot_of_,
                   handler = std::move(handler)](const Request& request) -> Result<Response> {
    FIT_TRY(const TenantSnapshot tenant, snapshot_of(request.principal));
    return handler(request, tenant);
  };
  add(std::move(route));
}

Router::Match Router::match(Method method, std::string_view path) const {
  const Segments segments = split(path);
  Match match;
  const Entry* best = nullptr;
  for (const auto& entry : entries_) {
    if (!matches(entry->segments, segments)) continue;
    const int order = best == nullptr ? 0 : compare(entry->segments, best->segments);
    if (order > 0) continue;
    if (order < 0) match = {};
    best = entry.get();
    match.allowed.push_back(entry->route.method);
    if (entry->route.method != method) continue;
    match.route = &entry->route;
    match.path_parameters = parameters_of(entry->segments, segments);
  }
  return match;
}

std::size_t Router::max_body_bytes() const {
  std::size_t most = 0;
  for (const auto& entry : entries_) most = std::max(most, entry->route.max_body_bytes);
  return most;
}

}  // namespace fit::http
