#include <array>
#include <chrono>
#include <utility>

#include "http/api.h"
#include "monitor/metric_history.h"

namespace fit::http {
namespace {

using Range = std::pair<std::string_view, std::chrono::seconds>;
constexpr std::array<Range, 5> kRanges = {{{"15m", std::chrono::minutes(15)},
                                           {"1h", std::chrono::hours(1)},
                                           {"6h", std::chrono::hours(6)},
                                           {"24h", std::chrono::hours(24)},
                                           {"7d", std::chrono::hours(24 * 7)}}};

Result<std::chrono::seconds> parse_range(std::string_view text) {
  for (const auto& [name, time] : kRanges) {
    if (name == text) return time;
  }
  return Error{ErrorCode::kInvalid, "must be 15m, 1h, 6h, 24h or 7d", "range", {}};
}

Json milliseconds(const std::optional<double>& seconds) {
  return seconds ? Json(*seconds * 1000) : Json(nullptr);
}

Json to_json(const monitor::HistoryPoint& point) {
  return {{"at", to_rfc3339(point.at)},
          {"requests_per_s", point.requests},
          {"searches_per_s", point.searches},
          {"client_errors_per_s", point.refused},
          {"server_errors_per_s", point.failed},
          {"search_median_ms", milliseconds(point.median_s)},
          {"search_p95_ms", milliseconds(point.p95_s)},
          {"in_flight", point.in_flight},
          {"queued", point.queued},
          {"cores", point.cores},
          {"memory_bytes", point.memory_bytes}};
}

Result<Response> show(const monitor::MetricHistory& history, const Request& request) {
  if (request.principal.tenant != accounts::kDefaultTenant) {
    return Error{ErrorCode::kForbidden, "a key of the tenant default is needed here", {}, {}};
  }
  std::chrono::seconds time = kRanges.front().second;
  if (const auto text = query_parameter(request.query, "range")) {
    FIT_TRY(time, parse_range(*text));
  }
  const auto range = history.last(time);
  Json points = Json::array();
  for (const monitor::HistoryPoint& point : range.points) points.push_back(to_json(point));
  Json starts = Json::array();
  for (const auto& start : history.starts()) {
    starts.push_back({{"at", to_rfc3339(start.at)}, {"version", start.version}});
  }
  Response response = json_response(
      {{"step_s", range.step.count()}, {"points", std::move(points)}, {"starts", std::move(starts)}});
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

void add_metric_history_route(Router& router, const monitor::MetricHistory& history) {
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/metrics/history",
              .required_scope = accounts::Scope::kMetrics,
              .route_class = RouteClass::kNone,
              .query_parameters = std::vector<std::string_view>{"range"},
              .handler = [&history](const Request& request) { return show(history, request); }});
}

}  // namespace fit::http
