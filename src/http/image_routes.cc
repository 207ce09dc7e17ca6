#include "catalog/catalog.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/immutable_file.h"

namespace fit::http {
namespace {

Result<ImageId> image_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return ImageId{id};
}

// An image's id is never given to another image of the tenant, so that clients may cache the response for
// good.
Response send_image(const Request& request, catalog::ImageFile file) {
  // A shared cache may answer others only with what everybody may read.
  const CachedBy cached_by = request.principal.is_anybody() ? CachedBy::kEverybody : CachedBy::kClient;
  Response response = immutable_file(request, file.mime_type, file.version, cached_by);
  if (response.status == 304) return response;
  response.body = as_text(file.content);
  response.file = std::move(file.path);
  return response;
}

Result<Response> original(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImageId id, image_id(request));
  FIT_CHECK(check_visible(tenant, id, request.principal));
  FIT_TRY(catalog::ImageFile file, tenant.catalog.original(id));
  return send_image(request, std::move(file));
}

// A missing thumbnail is made again on the fetch pool, because its original may be remote.
Result<Response> image_thumbnail(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImageId id, image_id(request));
  FIT_CHECK(check_visible(tenant, id, request.principal));
  FIT_TRY(auto stored, tenant.catalog.stored_thumbnail(id));
  if (stored) return send_image(request, *std::move(stored));
  return continue_on(RunOn::kFetch, [tenant, id](const Request& same) -> Result<Response> {
    FIT_TRY(catalog::ImageFile file, tenant.catalog.thumbnail(id, same.stop));
    return send_image(same, std::move(file));
  });
}

}  // namespace

// The query parameter "tenant" chooses the tenant (tenant_choice.h).
void add_image_routes(Router& router) {
  router.add({.method = Method::kGet,
              .pattern = "/images/{id}",
              .required_scope = accounts::Scope::kItemsRead,
              .route_class = RouteClass::kNone,
              .query_parameters = kAnyParameters},
             original);
  router.add({.method = Method::kGet,
              .pattern = "/images/{id}/thumbnail",
              .required_scope = accounts::Scope::kItemsRead,
              .route_class = RouteClass::kNone,
              .query_parameters = kAnyParameters},
             image_thumbnail);
}

}  // namespace fit::http
