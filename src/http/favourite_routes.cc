#include <functional>
#include <memory>
#include <unordered_map>

#include "base/json_reader.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/favourite_json.h"
#include "http/json_body.h"
#include "store/catalogue.h"

namespace fit::http {
namespace {

accounts::FavouriteOwner owner_of(const Request& request) {
  return {.user_id = request.principal.user_id, .tenant = request.principal.tenant};
}

Result<std::int64_t> list_id(const Request& request) {
  return parse_id("id", request.path_parameters.get("id"));
}

// The one text of a body.
Result<std::string> text_of_body(const Request& request, const std::string& key) {
  FIT_TRY(const Json body, json_body(request));
  JsonReader reader(body);
  std::string text = reader.text(key);
  FIT_CHECK(reader.finish());
  return text;
}

// The handlers of /api/v1/favourites.
class FavouriteRoutes {
 public:
  explicit FavouriteRoutes(FavouriteRouteDeps deps)
      : views_(std::move(deps.views)), favourites_(deps.favourites) {}

  Result<Response> list(const Request& request, const TenantSnapshot&) const {
    FIT_TRY(const auto lists, favourites_.list(owner_of(request)));
    Json body = Json::array();
    for (const accounts::FavouriteList& one : lists) body.push_back(favourite_list_json(one));
    return json_response({{"lists", std::move(body)}});
  }

  Result<Response> create(const Request& request, const TenantSnapshot&) const {
    FIT_TRY(const std::string name, text_of_body(request, "name"));
    FIT_TRY(const auto made, favourites_.create(owner_of(request), name));
    Response response = json_response(favourite_list_json(made), 201);
    response.headers.emplace_back("Location", "/api/v1/favourites/" + std::to_string(made.id));
    return response;
  }

  Result<Response> get(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const std::int64_t id, list_id(request));
    FIT_TRY(const auto found, favourites_.get(owner_of(request), id));
    Json body = favourite_list_json(found);
    FIT_TRY(body["items"], items_json(found, request.principal, tenant));
    return json_response(body);
  }

  Result<Response> rename(const Request& request, const TenantSnapshot&) const {
    FIT_TRY(const std::int64_t id, list_id(request));
    FIT_TRY(const std::string name, text_of_body(request, "name"));
    FIT_TRY(const auto renamed, favourites_.rename(owner_of(request), id, name));
    return json_response(favourite_list_json(renamed));
  }

  Result<Response> remove(const Request& request, const TenantSnapshot&) const {
    FIT_TRY(const std::int64_t id, list_id(request));
    FIT_CHECK(favourites_.remove(owner_of(request), id));
    return no_content();
  }

  Result<Response> add_item(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const std::int64_t id, list_id(request));
    FIT_TRY(const std::string text, text_of_body(request, "item_id"));
    FIT_TRY(const std::int64_t number, parse_id("item_id", text));
    FIT_TRY(const domain::ItemRecord item, tenant.catalog.get(ItemId{number}));
    if (!is_visible(tenant, item.listing, request.principal)) {
      return not_found("there is no item " + item.id.str());
    }
    FIT_TRY(const bool is_new, favourites_.add(owner_of(request), id, item.id));
    FIT_TRY(const auto changed, favourites_.get(owner_of(request), id));
    return json_response(favourite_list_json(changed), is_new ? 201 : 200);
  }

  Result<Response> remove_item(const Request& request, const TenantSnapshot&) const {
    FIT_TRY(const std::int64_t id, list_id(request));
    FIT_TRY(const std::int64_t item, parse_id("item", request.path_parameters.get("item")));
    FIT_CHECK(favourites_.remove(owner_of(request), id, ItemId{item}));
    return no_content();
  }

 private:
  // The items of a list in its order. One that was removed, or that the caller may not see any more, is gone.
  Result<Json> items_json(const accounts::FavouriteList& list, const Principal& caller,
                          const TenantSnapshot& tenant) const {
    std::vector<ItemId> ids;
    for (const accounts::Favourite& one : list.items) ids.push_back(one.item);
    FIT_TRY(const auto records, tenant.catalog.writer().database().items().get(ids));
    std::unordered_map<ItemId, Json> views;
    for (const domain::ItemRecord& record : records) {
      if (is_visible(tenant, record.listing, caller)) views.emplace(record.id, views_.item(record));
    }
    Json items = Json::array();
    for (const accounts::Favourite& one : list.items) {
      const auto view = views.find(one.item);
      Json item = view == views.end() ? Json(nullptr) : std::move(view->second);
      if (!item.is_null()) leave_out_fields(item, caller);
      items.push_back({{"item_id", one.item.str()},
                       {"added_at", to_rfc3339(one.added_at)},
                       {"is_gone", item.is_null()},
                       {"item", std::move(item)}});
    }
    return items;
  }

  const search::ResultViews views_;
  accounts::Favourites& favourites_;
};

}  // namespace

void add_favourite_routes(Router& router, FavouriteRouteDeps deps) {
  const auto routes = std::make_shared<const FavouriteRoutes>(std::move(deps));
  const auto add = [&](Method method, const char* pattern, auto handler) {
    const bool reads = method == Method::kGet;
    const bool has_body = method == Method::kPost || method == Method::kPatch;
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kAccount,
                .run_on = reads ? RunOn::kSearch : RunOn::kWrite,
                .route_class = reads ? RouteClass::kNone : RouteClass::kWrite,
                .max_body_bytes = has_body ? kSmallBodyBytes : 0,
                .audited = Audited::kNever},  // a heart is nobody else's business
               [routes, handler](const Request& request, const TenantSnapshot& tenant) {
                 return std::invoke(handler, *routes, request, tenant);
               });
  };
  add(Method::kGet, "/api/v1/favourites", &FavouriteRoutes::list);
  add(Method::kPost, "/api/v1/favourites", &FavouriteRoutes::create);
  add(Method::kGet, "/api/v1/favourites/{id}", &FavouriteRoutes::get);
  add(Method::kPatch, "/api/v1/favourites/{id}", &FavouriteRoutes::rename);
  add(Method::kDelete, "/api/v1/favourites/{id}", &FavouriteRoutes::remove);
  add(Method::kPost, "/api/v1/favourites/{id}/items", &FavouriteRoutes::add_item);
  add(Method::kDelete, "/api/v1/favourites/{id}/items/{item}", &FavouriteRoutes::remove_item);
}

}  // namespace fit::http
