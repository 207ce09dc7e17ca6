#include "http/wardrobe_call.h"

#include <utility>

#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "ingest/assets/asset_service.h"
#include "ingest/labels/label_service.h"
#include "store/catalogue.h"

namespace fit::http {
namespace {

Result<WardrobeCall> wardrobe_call(const Request& request, const TenantSnapshot& tenant) {
  const std::int64_t user = request.principal.user_id;
  if (user == 0) return Error{ErrorCode::kForbidden, "a wardrobe is of an account: sign in", {}, {}};
  const ontology::Ontology& ontology = tenant.labels->ontology();
  return WardrobeCall{.request = request,
                      .tenant = tenant,
                      .ontology = ontology,
                      .store = style::WardrobeStore(tenant.catalog.writer().database().database(), ontology),
                      .user = user};
}

}  // namespace

void add_wardrobe_route(Router& router, WardrobeRoute route) {
  const bool reads = route.method == Method::kGet;
  router.add({.method = route.method,
              .pattern = std::move(route.pattern),
              .required_scope = route.scope,
              .run_on = route.run_on.value_or(reads ? RunOn::kSearch : RunOn::kWrite),
              .route_class = route.route_class.value_or(reads ? RouteClass::kNone : RouteClass::kWrite),
              .max_body_bytes = route.max_body_bytes,
              .query_parameters = std::move(route.parameters),
              .audited = Audited::kNever},  // what somebody wears is nobody else's business
             [work = std::move(route.work)](const Request& request,
                                            const TenantSnapshot& tenant) -> Result<Response> {
               // The scope of the route may be another: a key may write items, but has no garments.
               if (!request.principal.scopes.contains(accounts::Scope::kAccount)) {
                 return not_found("there is no such garment");
               }
               FIT_TRY(WardrobeCall call, wardrobe_call(request, tenant));
               return work(call);
             });
}

Result<style::GarmentId> garment_id(const WardrobeCall& call) {
  FIT_TRY(const std::int64_t id, parse_id("id", call.request.path_parameters.get("id")));
  return style::GarmentId{id};
}

Result<ingest::Asset> asset_of_photo(const TenantSnapshot& tenant, std::int64_t id) {
  ingest::Assets assets = tenant.assets->assets();
  FIT_TRY(ingest::Asset asset, assets.get({id}));
  return asset.same_as ? assets.get(*asset.same_as) : Result<ingest::Asset>(std::move(asset));
}

Result<std::string> photo_location(const ingest::Asset& asset) {
  if (asset.sha256.empty()) return not_found("the photo has not been fetched");
  return "stored:" + ingest::blob_name(asset);
}

}  // namespace fit::http
