#include "http/api.h"
#include "style/trends/trend_service.h"

namespace fit::http {
namespace {

Result<Response> list_trends(const Request& request, const TenantSnapshot& tenant) {
  const Principal& caller = request.principal;
  if (caller.required || caller.excluded_fields) {
    return Error{ErrorCode::kForbidden,
                 "trends are of the whole catalogue, of which this key or token shows a part",
                 {},
                 {}};
  }
  std::size_t window = style::kDefaultTrendWindow;
  if (const auto text = query_parameter(request.query, "window")) {
    FIT_TRY(window, style::parse_trend_window("window", *text));
  }
  FIT_TRY(const auto computed, tenant.trends->trends().get(window));
  Response response = json_response(computed ? *computed : style::no_trends(window));
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

}  // namespace

void add_trend_routes(Router& router) {
  const auto add = [&router](Method method, const char* pattern, TenantHandler handler) {
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kItemsRead,
                .route_class = RouteClass::kSearch,
                .query_parameters = std::vector<std::string_view>{"window"}},
               std::move(handler));
  };
  add(Method::kGet, "/api/v1/trends", list_trends);
}

}  // namespace fit::http
