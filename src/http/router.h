#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/tenant_snapshot.h"

namespace fit::http {

// The query_parameters of a route that accepts any.
inline constexpr std::nullopt_t kAnyParameters = std::nullopt;

// The required_scope of a route that is open to everybody, whoever they are.
inline constexpr std::nullopt_t kPublic = std::nullopt;

// Whether the audit log records the requests of a route.
enum class Audited : std::uint8_t {
  // Those that change something and are rare: changes that need the scope of administrators, accounts or
  // reviews or no scope, such as a sign-in, every removal, and imports. A new route of these kinds is
  // recorded by itself.
  kByKind,
  kAlways,
  kNever,
};

// Which rate limit applies to a route (http/rate_limits.h). Routes that cost little have none: pages, probes,
// images, single items, the progress of an import.
enum class RouteClass {
  kNone,
  kSearch,     // searches, lists of items, files of assets
  kWrite,      // changes of the catalogue
  kIngest,     // imports
  kSignIn,     // attempts to sign in
  kEmbedding,  // /v1/embeddings
};

std::string_view to_string(RouteClass route_class);  // "none", "search", ..., "sign-in"

// A route: a method and a path pattern with their handler.
struct Route {
  Method method = Method::kGet;
  std::string pattern;  // "/items/{id}/images/{image}": each "{name}" stands for one non-empty segment
  // The scope that the caller needs. It has no default, so that nobody forgets it. A route on the event loop
  // is kPublic.
  std::optional<accounts::Scope> required_scope;
  RunOn run_on = RunOn::kSearch;
  RouteClass route_class;          // has no default, so that no route goes unlimited by mistake
  std::size_t max_body_bytes = 0;  // a larger body gets status 413
  // The query parameters that the handler reads; a request with another one gets status 422. kAnyParameters
  // is for pages and files, which ignore parameters, and for handlers that check them.
  std::optional<std::vector<std::string_view>> query_parameters = std::vector<std::string_view>{};
  Handler handler = {};
  // Whether the handler is called, with Request::is_partial, when the client goes away or falls silent before
  // the end of the body. Its response is then dropped.
  bool takes_partial_body = false;
  Audited audited = Audited::kByKind;
};

// A handler that works with a tenant's services.
using TenantHandler = std::function<Result<Response>(const Request&, const TenantSnapshot&)>;

// The table of routes. All routes are added before the first match(); match() is thread-safe.
class Router {
 public:
  explicit Router(SnapshotSource snapshot_of = {}) : snapshot_of_(std::move(snapshot_of)) {}

  // For handlers that learn from the body which tenants they need.
  const SnapshotSource& snapshot_source() const { return snapshot_of_; }

  // Two routes of one method must not have equal patterns.
  void add(Route route);

  // The route's handler is given one snapshot for each request: that of the tenant of request.principal,
  // taken when the handler starts, which may block: the route must not run on the event loop. An error of the
  // source is the response.
  void add(Route route, TenantHandler handler);

  // The result of match().
  struct Match {
    const Route* route = nullptr;    // lives as long as the router; null: no route matches
    PathParameters path_parameters;  // the parameters of that route
    std::vector<Method> allowed;     // the methods that the path has; empty: the path is unknown
  };
  // The route of a path. Segments are compared from the left, and a literal one goes before a parameter, so
  // that "/items/import" is not the item "import". HEAD is matched as kGet.
  Match match(Method method, std::string_view path) const;

  // The largest body that any route accepts.
  std::size_t max_body_bytes() const;

 private:
  // A route with its parsed pattern.
  struct Entry {
    Route route;
    std::vector<std::string> segments;  // the segments of the pattern
  };

  SnapshotSource snapshot_of_;
  std::vector<std::unique_ptr<const Entry>>
      entries_;  // their addresses are stable, because a Match points to them
};

}  // namespace fit::http
