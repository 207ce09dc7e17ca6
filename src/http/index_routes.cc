#include "http/api.h"
#include "monitor/indexes.h"

namespace fit::http {
namespace {

Result<Response> list_indexes(const Request&, const TenantSnapshot& tenant) {
  FIT_TRY(Json list, tenant.indexes->list());
  Response response = json_response({{"indexes", std::move(list)}});
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

void add_index_routes(Router& router) {
  const auto add = [&router](Method method, const char* pattern, TenantHandler handler) {
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kMetrics,
                .route_class = RouteClass::kNone},
               std::move(handler));
  };
  add(Method::kGet, "/api/v1/indexes", list_indexes);
  add(Method::kGet, "/api/faiss", list_indexes);
}

}  // namespace fit::http
