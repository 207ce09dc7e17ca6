#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/scopes.h"
#include "base/result.h"
#include "http/garment_json.h"
#include "http/router.h"
#include "ingest/assets/asset.h"
#include "style/wardrobe/wardrobe_store.h"

// What the routes of wardrobes share.
namespace fit::http {

// A request of a user about the own wardrobe in a tenant.
struct WardrobeCall {
  const Request& request;
  const TenantSnapshot& tenant;
  const ontology::Ontology& ontology;
  style::WardrobeStore store;
  std::int64_t user;

  std::string_view tenant_name() const { return request.principal.tenant; }
  Json shown(const style::Garment& garment) const {
    return garment_json(garment, tenant_name(), GarmentMembers::kAll);
  }
};

// A route of a wardrobe, for add_wardrobe_route().
struct WardrobeRoute {
  Method method = Method::kGet;
  std::string pattern = {};
  std::function<Result<Response>(WardrobeCall&)> work = {};
  std::size_t max_body_bytes = 0;
  std::vector<std::string_view> parameters = {};
  accounts::Scope scope = accounts::Scope::kAccount;
  std::optional<RunOn> run_on = {};            // nullopt: as the method says
  std::optional<RouteClass> route_class = {};  // nullopt: as the method says
};
// Callers without an account get kForbidden, or kNotFound where they have the scope of the route.
void add_wardrobe_route(Router& router, WardrobeRoute route);

// The garment that the path names. kInvalid naming "id".
Result<style::GarmentId> garment_id(const WardrobeCall& call);

// The asset with the bytes of a photo. kNotFound.
Result<ingest::Asset> asset_of_photo(const TenantSnapshot& tenant, std::int64_t id);

// The location of the stored file of a photo, as catalog::ImageFiles has it. kNotFound before it was fetched.
Result<std::string> photo_location(const ingest::Asset& asset);

}  // namespace fit::http
