#include <algorithm>
#include <cmath>

#include "base/stopwatch.h"
#include "embed/embedder.h"
#include "http/api.h"
#include "http/metrics_route.h"
#include "http/problem.h"
#include "monitor/health.h"

namespace fit::http {
namespace {

Response uncached(Response response) {
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<Response> live(const Request&) {
  return uncached(json_response({{"status", "live"}}));
}

// A problem response has the member "reasons": the parts that are not usable, and why.
Result<Response> ready(const monitor::Health& health, const Request& request) {
  const auto parts = health.probe();
  if (monitor::Health::all_ok(parts)) return uncached(json_response({{"status", "ready"}}));
  Json reasons = Json::array();
  std::string names;
  for (const monitor::PartHealth& part : parts) {
    if (part.ok) continue;
    reasons.push_back({{"part", part.name}, {"reason", part.error}});
    names += (names.empty() ? "" : ", ") + part.name;
  }
  Response response = problem(Error{ErrorCode::kUnavailable, "not ready: " + names, {}, {}}, request);
  Json body = Json::parse(response.body);
  body["reasons"] = std::move(reasons);
  response.body = dump_json(body);
  return response;
}

Result<Response> health(const StatusRouteDeps& deps, const Stopwatch& uptime, const TenantSnapshot& tenant) {
  const auto parts = tenant.health->probe();
  const bool ok = monitor::Health::all_ok(parts);
  Json list = Json::array();
  for (const monitor::PartHealth& part : parts) {
    Json one{{"name", part.name}, {"status", part.ok ? "ok" : "failed"}, {"state", part.state}};
    if (!part.ok) one["error"] = part.error;
    list.push_back(std::move(one));
  }
  return uncached(json_response({{"status", ok ? "ok" : "failed"},
                                 {"version", deps.version},
                                 {"uptime_s", std::round(uptime.seconds() * 1e3) / 1e3},
                                 {"embedding_provider", tenant.embedder.space().name},
                                 {"text_search", tenant.has_text_search},
                                 {"detect", deps.detects},
                                 {"parts", std::move(list)}},
                                ok ? 200 : 503));
}

Result<Response> expose(const Metrics& metrics) {
  return uncached({.status = 200,
                   .content_type = "text/plain; version=0.0.4; charset=utf-8",
                   .body = metrics.expose(),
                   .headers = {}});
}

}  // namespace

void add_metrics_route(Router& router, const Metrics& metrics) {
  router.add({.method = Method::kGet,
              .pattern = "/metrics",
              .required_scope = accounts::Scope::kMetrics,
              .route_class = RouteClass::kNone,
              .query_parameters = kAnyParameters,
              .handler = [&metrics](const Request& request) -> Result<Response> {
                if (request.principal.tenant != accounts::kDefaultTenant) {
                  return Error{ErrorCode::kForbidden, "a key of the tenant default is needed here", {}, {}};
                }
                return expose(metrics);
              }});
}

void add_status_routes(Router& router, StatusRouteDeps given) {
  const auto deps = std::make_shared<const StatusRouteDeps>(std::move(given));
  router.add({.method = Method::kGet,
              .pattern = "/live",
              .required_scope = kPublic,
              .run_on = RunOn::kLoop,
              .route_class = RouteClass::kNone,
              .query_parameters = kAnyParameters,
              .handler = live});
  router.add({.method = Method::kGet,
              .pattern = "/ready",
              .required_scope = kPublic,
              .route_class = RouteClass::kNone,
              .query_parameters = kAnyParameters,
              .handler = [deps](const Request& request) { return ready(deps->ready, request); }});
  router.add({.method = Method::kGet,
              .pattern = "/health",
              .required_scope = accounts::Scope::kMetrics,
              .route_class = RouteClass::kNone,
              .query_parameters = kAnyParameters},
             [deps, uptime = Stopwatch()](const Request&, const TenantSnapshot& tenant) {
               return health(*deps, uptime, tenant);
             });
  router.add({.method = Method::kGet,
              .pattern = "/metrics",
              .required_scope = accounts::Scope::kMetrics,
              .route_class = RouteClass::kNone,
              .query_parameters = kAnyParameters},
             [](const Request&, const TenantSnapshot& tenant) { return expose(*tenant.metrics); });
}

}  // namespace fit::http
