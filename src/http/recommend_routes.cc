#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/garment_json.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "http/request_person.h"
#include "style/recommend/outfit_recommender.h"
#include "style/recommend/recommend_views.h"
#include "style/weather/weather_service.h"

namespace fit::http {
namespace {

// Outfits are made by the properties of items.
Result<void> check_may_have_outfits(const Principal& caller) {
  if (caller.excluded_fields == nullptr || !std::ranges::contains(*caller.excluded_fields, "properties")) {
    return {};
  }
  return Error{
      ErrorCode::kForbidden, "outfits read the properties of items, which the token excludes", {}, {}};
}

// Narrows an order to what the caller may see and ask for.
Result<void> narrow_order(style::RecommendOrder& order, const TenantSnapshot& tenant,
                          const Principal& caller) {
  SearchRequest search;
  search.query.browse = true;
  search.query.filter = std::move(order.filter);
  search.query.limit = std::max(order.gap_listings, order.count);
  FIT_CHECK(narrow(search, tenant, caller));
  order.filter = std::move(search.query.filter);
  order.required = std::move(search.query.required);
  order.gap_listings = std::min(order.gap_listings, search.query.limit);
  order.count = std::min(order.count, search.query.limit);
  return {};
}

// The pieces that the order names must exist for the caller, also right after another process flagged them.
Result<void> check_pieces(const style::RecommendOrder& order, const TenantSnapshot& tenant,
                          const Principal& caller) {
  std::vector<ItemId> items = order.lock;
  if (order.around) items.push_back(*order.around);
  for (const ItemId item : items) {
    const auto record = tenant.catalog.get(item);
    if (record && is_visible(tenant, record->listing, caller)) continue;
    if (!record && record.error().code != ErrorCode::kNotFound) return record.error();
    return Error{
        ErrorCode::kNotFound, "there is no item " + item.str(), item == order.around ? "around" : "lock", {}};
  }
  return {};
}

// Gives the order what is known of the person. Without a word about it, a caller to whom items lack fields
// gets outfits without a taste.
Result<void> add_taste(style::RecommendOrder& order, const Request& request, const TenantSnapshot& tenant) {
  if (!order.taste.value_or(true) || tenant.tastes == nullptr) return {};
  auto allowed = check_may_have_taste(request.principal, "taste");
  if (!allowed) return order.taste ? std::move(allowed) : Result<void>();
  FIT_TRY(const auto person, find_person(request));
  if (!person) return {};
  FIT_TRY(order.known, tenant.tastes->find(*person, tenant.engine.space()));
  return {};
}

Result<style::Weather> weather_of(const RecommendRouteDeps& deps, const style::WeatherPlace& place,
                                  const std::stop_token& stop) {
  if (deps.weather == nullptr) {
    return invalid(place.name.empty() ? "weather.latitude" : "weather.place",
                   "this server looks up no weather (WEATHER_URL); give temperature_c and rain");
  }
  return deps.weather->find(place, stop);
}

// Answers POST /api/v1/recommend.
Result<Response> recommend_outfits(const RecommendRouteDeps& deps, const Request& request,
                                   const TenantSnapshot& tenant) {
  FIT_TRY(const Json body, json_body(request));
  const style::OutfitRecommender& recommender = *deps.recommender;
  FIT_TRY(style::RecommendOrder order,
          style::parse_recommend_order(body, recommender.ontology(), deps.max_image_bytes, now()));
  const Principal& caller = request.principal;
  order.user = caller.user_id;
  if (style::needs_wardrobe(order)) {
    constexpr accounts::Scopes kNeeded{accounts::Scope::kAccount};
    if (!caller.scopes.contains_all(kNeeded)) return missing_scopes(kNeeded, request);
    if (caller.user_id == 0) {
      return Error{ErrorCode::kForbidden, "a wardrobe is of an account: sign in", {}, {}};
    }
  }
  FIT_CHECK(check_may_have_outfits(caller));
  FIT_CHECK(narrow_order(order, tenant, caller));
  FIT_CHECK(check_pieces(order, tenant, caller));
  FIT_CHECK(add_taste(order, request, tenant));
  order.stop = request.stop;
  if (order.weather_place) {
    FIT_TRY(order.weather, weather_of(deps, *order.weather_place, request.stop));
  }
  FIT_TRY(const style::Recommendation made,
          recommender.recommend(tenant.engine, tenant.catalog.writer().database(), order));
  const auto garment = [&caller](const style::Garment& one) {
    return garment_json(one, caller.tenant, GarmentMembers::kOfLists);
  };
  Json response =
      style::recommendation_json(made, deps.views.of_tenant(caller.tenant), order.explain, garment);
  for (Json* const item : style::items_of(response)) leave_out_fields(*item, caller);
  return json_response(response);
}

}  // namespace

void add_recommend_routes(Router& router, RecommendRouteDeps deps) {
  const std::size_t max_body = deps.max_body_bytes;
  const auto shared = std::make_shared<const RecommendRouteDeps>(std::move(deps));
  const auto add = [&](Method method, const char* pattern) {
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kSearch,
                .route_class = RouteClass::kSearch,
                .max_body_bytes = max_body},
               [shared](const Request& request, const TenantSnapshot& tenant) {
                 return recommend_outfits(*shared, request, tenant);
               });
  };
  add(Method::kPost, "/api/v1/recommend");
  add(Method::kPost, "/api/recommend");
}

}  // namespace fit::http
