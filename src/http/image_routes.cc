#include "base/hash.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "catalog/large_thumbnails.h"
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

// Whether the request asks for the large thumbnail.
Result<bool> wants_large(const Request& request) {
  bool is_large = false;
  for (const auto& [name, text] : query_parameters(request.query)) {
    if (name != "scale") continue;
    if (text != "1" && text != "2") return invalid("scale", "must be 1 or 2");
    is_large = text == "2";
  }
  return is_large;
}

// The large thumbnail of an image that has one. It is made among the changes, so that reads do not wait.
Result<Response> large_thumbnail(const Request& request, const TenantSnapshot& tenant,
                                 const domain::ImageRecord& image) {
  catalog::ItemWriter& writer = tenant.catalog.writer();
  FIT_TRY(auto stored,
          catalog::stored_large_thumbnail(writer.files(), image.sha256, writer.processor().thumbnail_side()));
  if (stored) return send_image(request, *std::move(stored));
  return continue_on(RunOn::kWrite, [tenant, image](const Request& same) -> Result<Response> {
    catalog::ItemWriter& makes = tenant.catalog.writer();
    FIT_TRY(const Bytes original, makes.loader().load_known("image", image));
    if (sha256_hex(original) != image.sha256) {
      return Error{ErrorCode::kConflict, "the image has changed since it was indexed", {}, {}};
    }
    FIT_TRY(catalog::ImageFile file,
            catalog::make_large_thumbnail(makes.files(), original, image.sha256, makes.processor()));
    return send_image(same, std::move(file));
  });
}

// A missing thumbnail is made again on the fetch pool, because its original may be remote.
Result<Response> image_thumbnail(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImageId id, image_id(request));
  FIT_CHECK(check_visible(tenant, id, request.principal));
  FIT_TRY(const bool is_large, wants_large(request));
  if (is_large) {
    catalog::ItemWriter& writer = tenant.catalog.writer();
    FIT_TRY(const domain::ImageRecord image, writer.database().items().image(id));
    if (catalog::has_large_thumbnail(image, writer.processor().thumbnail_side()))
      return large_thumbnail(request, tenant, image);
  }
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
