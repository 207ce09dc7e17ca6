#include <memory>

#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "embed/detector.h"
#include "http/api.h"
#include "http/query_image.h"
#include "http/search_request.h"
#include "search/result_views.h"

// Garments in a photo.
namespace fit::http {
namespace {

Result<Response> detect(const embed::Detector& detector, const TenantSnapshot& tenant,
                        const search::Query& photo) {
  FIT_TRY(const embed::Detection found,
          detector.detect_file(photo.image_field, photo.image, tenant.catalog.writer().image_limits()));
  return json_response(search::detection_json(found));
}

// Detects at once, or after fetching the photo by URL on the fetch pool.
Result<Response> detect_garments(const DetectRouteDeps& deps, const Request& request,
                                 const TenantSnapshot& tenant) {
  if (deps.detector == nullptr) return not_found("this server has no detector of garments");
  FIT_TRY(SearchRequest parsed, parse_search_body(request, SearchForm::kDetect, deps.max_image_bytes));
  if (parsed.image_url.empty()) return detect(*deps.detector, tenant, parsed.query);
  const auto wanted = std::make_shared<SearchRequest>(std::move(parsed));
  return continue_on(RunOn::kFetch, [deps, tenant, wanted](const Request& same) -> Result<Response> {
    FIT_TRY(wanted->query.image,
            fetch_query_image(deps.http, wanted->image_url,
                              {.time_limit = deps.fetch_time_limit, .max_bytes = deps.max_image_bytes},
                              same.stop));
    return continue_on(RunOn::kSearch, [deps, tenant, wanted](const Request&) {
      return detect(*deps.detector, tenant, wanted->query);
    });
  });
}

}  // namespace

void add_detect_route(Router& router, const DetectRouteDeps& deps) {
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/detect",
              .required_scope = accounts::Scope::kSearch,
              .route_class = RouteClass::kSearch,
              .max_body_bytes = deps.max_body_bytes},
             [deps](const Request& request, const TenantSnapshot& tenant) {
               return detect_garments(deps, request, tenant);
             });
}

}  // namespace fit::http
