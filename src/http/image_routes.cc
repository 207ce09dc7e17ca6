#include "catalog/catalog.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/etag.h"

namespace fit::http {
namespace {

Result<ImageId> image_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return ImageId{id};
}

// An image's id is never given to another image, so that clients may cache the response for good.
Response send_image(const Request& request, catalog::ImageFile file) {
  const std::string tag = etag_of_version(file.version);
  Response response{.status = 200, .content_type = file.mime_type, .body = {}, .headers = {}};
  response.headers.emplace_back("ETag", tag);
  // A shared cache may answer others only with what everybody may read.
  response.headers.emplace_back("Cache-Control", request.principal.is_anybody()
                                                     ? "public, max-age=31536000, immutable"
                                                     : "private, max-age=31536000, immutable");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  if (none_match_names(request.headers.get("if-none-match"), tag)) {
    response.status = 304;
    return response;
  }
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
Result<Response> thumbnail(const Request& request, const TenantSnapshot& tenant) {
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
             thumbnail);
}

}  // namespace fit::http
