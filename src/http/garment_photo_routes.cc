#include <algorithm>
#include <utility>

#include "base/format.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/garment_cutout.h"
#include "http/immutable_file.h"
#include "http/wardrobe_call.h"

// The photos of garments: their files, thumbnails and cut-outs.
namespace fit::http {
namespace {

// The asset of the photo that the request names.
Result<ingest::Asset> photo_of_request(WardrobeCall& call) {
  FIT_TRY(const style::GarmentId id, garment_id(call));
  FIT_TRY(const std::int64_t asset, parse_id("asset", call.request.path_parameters.get("asset")));
  FIT_TRY(const style::Garment garment, call.store.get(call.user, id));
  const auto found = std::ranges::find(garment.photos, asset, &style::GarmentPhoto::asset);
  if (found == garment.photos.end()) return not_found(fit::format("the garment has no photo {}", asset));
  return asset_of_photo(call.tenant, asset);
}

Response send_garment_photo(const Request& request, catalog::ImageFile file) {
  Response response = immutable_file(request, file.mime_type, file.version, CachedBy::kClient);
  if (response.status == 304) return response;
  response.body = as_text(file.content);
  response.file = std::move(file.path);
  return response;
}

Result<Response> show_photo(WardrobeCall& call) {
  FIT_TRY(const ingest::Asset asset, photo_of_request(call));
  FIT_TRY(const std::string location, photo_location(asset));
  catalog::ItemWriter& writer = call.tenant.catalog.writer();
  FIT_TRY(catalog::ImageFile file,
          writer.files().open_original("photo", location, writer.image_limits().max_bytes));
  return send_garment_photo(call.request, std::move(file));
}

Result<Response> show_photo_thumbnail(WardrobeCall& call) {
  FIT_TRY(const ingest::Asset asset, photo_of_request(call));
  if (asset.sha256.empty() || asset.width == 0) return not_found("the photo has no thumbnail yet");
  FIT_TRY(catalog::ImageFile file, call.tenant.catalog.writer().files().open_thumbnail(asset.sha256));
  return send_garment_photo(call.request, std::move(file));
}

Result<Response> send_cutout(const Request& request, catalog::StoredCutout cutout) {
  if (!cutout.file) return not_found("the background of the photo cannot be told from the garment");
  return send_garment_photo(request, *std::move(cutout.file));
}

Result<Response> show_photo_cutout(WardrobeCall& call) {
  FIT_TRY(ingest::Asset asset, photo_of_request(call));
  FIT_TRY(auto known, known_cutout(call.tenant, asset));
  if (known) return send_cutout(call.request, *std::move(known));
  // It takes as long as a change does, and reads must not wait behind it.
  return continue_on(
      RunOn::kWrite,
      [tenant = call.tenant, asset = std::move(asset)](const Request& same) -> Result<Response> {
        FIT_TRY(catalog::StoredCutout made, made_cutout(tenant, asset));
        return send_cutout(same, std::move(made));
      });
}

}  // namespace

void add_garment_photo_routes(Router& router) {
  const auto add = [&router](Method method, const char* pattern,
                             std::function<Result<Response>(WardrobeCall&)> work) {
    add_wardrobe_route(
        router, {.method = method, .pattern = pattern, .work = std::move(work), .parameters = {"tenant"}});
  };
  add(Method::kGet, "/api/v1/wardrobe/{id}/photos/{asset}", show_photo);
  add(Method::kGet, "/api/v1/wardrobe/{id}/photos/{asset}/thumbnail", show_photo_thumbnail);
  add(Method::kGet, "/api/v1/wardrobe/{id}/photos/{asset}/cutout", show_photo_cutout);
}

}  // namespace fit::http
