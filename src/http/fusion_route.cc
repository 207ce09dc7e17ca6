#include "http/api.h"
#include "search/search_engine.h"
#include "style/fusion/adaptive_fusion.h"

namespace fit::http {
namespace {

Result<Response> show_fusion(const Request&, const TenantSnapshot& tenant) {
  Json body{{"enabled", tenant.fusion != nullptr}, {"share", 0}, {"query_types", Json::array()}};
  if (tenant.fusion != nullptr) {
    // The weights of a query that has every part.
    search::Query query;
    query.text = "all";
    query.item_id = ItemId{1};
    FIT_TRY(const Json report,
            tenant.fusion->report(tenant.engine.fixed_fusion(query), tenant.engine.fused_spaces()));
    body.update(report);
  }
  Response response = json_response(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

void add_fusion_routes(Router& router) {
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/fusion",
              .required_scope = accounts::Scope::kMetrics,
              .route_class = RouteClass::kNone},
             show_fusion);
}

}  // namespace fit::http
