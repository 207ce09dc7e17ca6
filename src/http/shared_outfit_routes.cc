#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/tenants.h"
#include "alerts/alert_service.h"
#include "base/format.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/saved_outfit_json.h"
#include "http/saved_outfit_picture.h"
#include "http/wardrobe_call.h"
#include "ingest/labels/label_service.h"
#include "store/catalogue.h"
#include "style/saved/saved_outfit_store.h"

// Outfits that everybody reads who has their link.
namespace fit::http {
namespace {

constexpr std::array<std::string_view, 3> kSharedStatuses = {"active", "reserved", "sold"};

using style::SavedOutfit;

// An outfit that somebody reads by its link, with the pieces that are shown to everybody.
struct SharedOutfit {
  TenantSnapshot tenant;
  std::string tenant_name;
  SavedOutfit outfit;
  KnownPieces known;
};

bool is_link_token(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

// Leaves out the photos of garments that wait for a review: nobody but their owner sees them.
Result<void> hide_flagged_photos(const TenantSnapshot& tenant, KnownPieces& known) {
  store::ContentReviews& reviews = tenant.catalog.writer().database().reviews();
  for (auto& [id, garment] : known.garments) {
    std::vector<style::GarmentPhoto> shown;
    for (const style::GarmentPhoto& photo : garment.photos) {
      const auto asset = asset_of_photo(tenant, photo.asset);
      if (!asset && asset.error().code == ErrorCode::kNotFound) continue;
      FIT_CHECK(asset);
      FIT_TRY(const bool is_flagged, reviews.awaits_review(asset->sha256));
      if (!is_flagged) shown.push_back(photo);
    }
    garment.photos = std::move(shown);
  }
  return {};
}

// The outfit of the request's link. All wrong links are answered alike.
Result<SharedOutfit> follow_outfit_link(const SnapshotSource& snapshot_of, const Request& request) {
  const Error wrong = not_found("there is no such shared outfit");
  const std::string token(request.path_parameters.get("token"));
  if (!is_link_token(token)) return wrong;
  const std::string name =
      query_parameter(request.query, "tenant").value_or(std::string(accounts::kDefaultTenant));
  if (!accounts::check_tenant_name("tenant", name)) return wrong;
  Principal reader = request.principal;
  reader.tenant = name;
  auto tenant = snapshot_of(reader);
  if (!tenant && tenant.error().code == ErrorCode::kNotFound) return wrong;
  FIT_CHECK(tenant);
  FIT_TRY(SavedOutfit outfit,
          style::SavedOutfitStore(tenant->catalog.writer().database().database()).shared(token));
  FIT_TRY(const bool may_search, tenant->alerts->may_search(fit::format("user:{}", outfit.user)));
  if (!may_search) return wrong;
  FIT_TRY(KnownPieces known,
          known_pieces(*tenant, outfit.user, std::span(&outfit, 1), [](const domain::Listing& listing) {
            return std::ranges::contains(kSharedStatuses, listing.status);
          }));
  FIT_CHECK(hide_flagged_photos(*tenant, known));
  return SharedOutfit{.tenant = *std::move(tenant),
                      .tenant_name = name,
                      .outfit = std::move(outfit),
                      .known = std::move(known)};
}

Result<Response> show_shared_outfit(const Request& /*request*/, const SharedOutfit& shared) {
  Response response = json_response(
      shared_outfit_json(shared.outfit, shared.known, shared.tenant.labels->ontology(), shared.tenant_name));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<Response> show_shared_piece(const Request& request, const SharedOutfit& shared) {
  FIT_TRY(const std::int64_t number, parse_id("piece", request.path_parameters.get("piece")));
  const auto& pieces = shared.outfit.fields.pieces;
  if (number > std::ssize(pieces)) return not_found("the outfit has no such piece");
  FIT_TRY(auto file,
          piece_thumbnail(shared.tenant, shared.known, pieces[static_cast<std::size_t>(number - 1)]));
  if (!file) return not_found("the piece has no image");
  Response response = changing_image(request, thumbnail_version(*file), file->mime_type);
  if (response.status == 304) return response;
  response.body = as_text(file->content);
  response.file = std::move(file->path);
  return response;
}

Result<Response> show_shared_picture(const Request& request, const SharedOutfit& shared) {
  return outfit_picture(request, shared.tenant, shared.outfit, shared.known);
}

}  // namespace

void add_shared_outfit_routes(Router& router) {
  using Show = Result<Response> (*)(const Request& request, const SharedOutfit& shared);
  const auto add = [&router](Method method, const char* pattern, Show show) {
    router.add(
        {.method = method,
         .pattern = pattern,
         .required_scope = kPublic,
         .route_class = RouteClass::kSearch,  // strangers open the tenant, and use its quota of requests
         .query_parameters = {{"tenant"}},
         .handler = [snapshot_of = router.snapshot_source(),
                     show](const Request& request) -> Result<Response> {
           FIT_TRY(const SharedOutfit shared, follow_outfit_link(snapshot_of, request));
           return show(request, shared);
         }});
  };
  add(Method::kGet, "/api/v1/shared-outfits/{token}", show_shared_outfit);
  add(Method::kGet, "/api/v1/shared-outfits/{token}/pieces/{piece}", show_shared_piece);
  add(Method::kGet, "/api/v1/shared-outfits/{token}/picture", show_shared_picture);
}

}  // namespace fit::http
