#include "catalog/catalog.h"
#include "http/api.h"
#include "http/etag.h"

namespace fit::http {
namespace {

using Open = Result<catalog::ImageFile> (catalog::Catalog::*)(ImageId);

// An image's id is never given to another image, so that clients may cache the response for good.
Result<Response> send_image(const Request& request, const TenantSnapshot& tenant, Open open) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  FIT_TRY(catalog::ImageFile file, (tenant.catalog.*open)(ImageId{id}));
  const std::string tag = etag_of_version(file.version);
  Response response{.status = 200, .content_type = file.mime_type, .body = {}, .headers = {}};
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  if (none_match_names(request.headers.get("if-none-match"), tag)) {
    response.status = 304;
    return response;
  }
  response.body = as_text(file.content);
  response.file = std::move(file.path);
  return response;
}

}  // namespace

void add_image_routes(Router& router) {
  router.add({.method = Method::kGet, .pattern = "/images/{id}"},
             [](const Request& request, const TenantSnapshot& tenant) {
               return send_image(request, tenant, &catalog::Catalog::original);
             });
  router.add({.method = Method::kGet, .pattern = "/images/{id}/thumbnail"},
             [](const Request& request, const TenantSnapshot& tenant) {
               return send_image(request, tenant, &catalog::Catalog::thumbnail);
             });
}

}  // namespace fit::http
