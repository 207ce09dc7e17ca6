#include <algorithm>
#include <cmath>

#include "embed/embedder.h"
#include "http/api.h"
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

// A problem answer with the member "reasons": which parts are not usable, and why.
Result<Response> ready(Api& api, const Request& request) {
  const auto parts = api.parts.health.probe();
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

Result<Response> health(Api& api) {
  const auto parts = api.parts.health.probe();
  const bool ok = monitor::Health::all_ok(parts);
  const double uptime_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - api.started).count();
  const Serving serving = api.parts.serving();
  Json list = Json::array();
  for (const monitor::PartHealth& part : parts) {
    Json one{{"name", part.name}, {"status", part.ok ? "ok" : "failed"}, {"state", part.state}};
    if (!part.ok) one["error"] = part.error;
    list.push_back(std::move(one));
  }
  return uncached(json_response({{"status", ok ? "ok" : "failed"},
                                 {"version", api.options.version},
                                 {"uptime_s", std::round(uptime_s * 1e3) / 1e3},
                                 {"embedding_provider", serving.embedder.space().name},
                                 {"text_search", serving.has_text_search},
                                 {"parts", std::move(list)}},
                                ok ? 200 : 503));
}

Result<Response> metrics(Api& api) {
  return uncached({.status = 200,
                   .content_type = "text/plain; version=0.0.4; charset=utf-8",
                   .body = api.parts.metrics.expose(),
                   .headers = {}});
}

}  // namespace

void add_status_routes(Router& router, Api& api) {
  const auto add = [&](std::string pattern, RunOn run_on, Handler handler) {
    router.add({.method = Method::kGet,
                .pattern = std::move(pattern),
                .run_on = run_on,
                .handler = std::move(handler)});
  };
  add("/live", RunOn::kLoop, live);
  add("/ready", RunOn::kWorkers, [&api](const Request& request) { return ready(api, request); });
  add("/health", RunOn::kWorkers, [&api](const Request&) { return health(api); });
  add("/metrics", RunOn::kWorkers, [&api](const Request&) { return metrics(api); });
}

}  // namespace fit::http
