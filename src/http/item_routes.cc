#include <memory>

#include "catalog/catalog.h"
#include "http/api.h"
#include "http/etag.h"
#include "http/problem.h"
#include "http/search_request.h"
#include "search/search_engine.h"

namespace fit::http {
namespace {

constexpr const char* kIfMatch = "If-Match";

Result<ItemId> item_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return ItemId{id};
}

Result<Json> json_object(const Request& request) {
  FIT_TRY(Json body, parse_json("body", request.body));
  if (!body.is_object()) return malformed("body", "is not a JSON object");
  return body;
}

Error wrong_media(std::string_view wanted) {
  return {ErrorCode::kUnsupportedMedia, "must be " + std::string(wanted), "Content-Type", {}};
}

// The handlers of /api/v1/items and /api/v1/items/{id}. An item's ETag is that of its JSON.
class ItemRoutes {
 public:
  explicit ItemRoutes(ItemRouteDeps deps) : deps_(std::move(deps)) {}

  Result<Response> list(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const SearchRequest wanted, parse_browse(request.query));
    FIT_TRY(const search::SearchResults found, tenant.engine.search(wanted.query));
    Response response = json_response(deps_.views.items(found));
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
  }

  Result<Response> create(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const catalog::ItemInput input, item_input(request));
    FIT_TRY(const store::UpsertOutcome outcome, tenant.catalog.put(input));
    const bool created = outcome.kind == store::UpsertKind::kCreated;
    FIT_TRY(Response response, show(tenant, outcome.id, created ? 201 : 200));
    if (created) response.headers.emplace_back("Location", "/api/v1/items/" + outcome.id.str());
    return response;
  }

  Result<Response> get(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, item_id(request));
    FIT_TRY(Response response, show(tenant, id, 200));
    if (none_match_names(request.headers.get("if-none-match"), response.headers.front().second)) {
      response.status = 304;
      response.body.clear();
    }
    return response;
  }

  // "source" and "external_id" name the item and cannot change, so that a body may leave them out.
  Result<Response> replace(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, item_id(request));
    FIT_TRY(const catalog::ItemInput input, item_input(request));
    if (const auto done = tenant.catalog.replace(id, input, if_match(request)); !done) {
      return refused(done.error(), request);
    }
    return show(tenant, id, 200);
  }

  Result<Response> patch(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, item_id(request));
    const std::string type = media_type(request.headers.get("content-type"));
    if (type != "application/merge-patch+json" && type != "application/json") {
      return wrong_media("application/merge-patch+json");
    }
    FIT_TRY(const Json patch, json_object(request));
    if (const auto done = tenant.catalog.patch(id, patch, deps_.max_image_bytes, if_match(request)); !done) {
      return refused(done.error(), request);
    }
    return show(tenant, id, 200);
  }

  Result<Response> remove(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, item_id(request));
    if (const auto done = tenant.catalog.remove(id, if_match(request)); !done) {
      return refused(done.error(), request);
    }
    return Response{.status = 204, .content_type = {}, .body = {}, .headers = {}};
  }

 private:
  Result<catalog::ItemInput> item_input(const Request& request) const {
    if (media_type(request.headers.get("content-type")) != "application/json") {
      return wrong_media("application/json");
    }
    FIT_TRY(const Json body, json_object(request));
    return catalog::parse_item(body, deps_.max_image_bytes);
  }

  // The response with the current item. Its ETag is the first header.
  Result<Response> show(const TenantSnapshot& tenant, ItemId id, int status) const {
    FIT_TRY(const domain::ItemRecord item, tenant.catalog.get(id));
    Response response = json_response(deps_.views.item(item), status);
    response.headers.emplace_back("ETag", etag_of(response.body));
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
  }

  // The request's If-Match header as a precondition of the change. Borrows the request.
  catalog::Catalog::Precondition if_match(const Request& request) const {
    const std::string_view header = request.headers.get("if-match");
    if (header.empty()) return {};
    return [this, header](const domain::ItemRecord& item) -> Result<void> {
      if (match_names(header, etag_of(dump_json(deps_.views.item(item))))) return {};
      return Error{ErrorCode::kConflict, "the item has changed: its ETag is another", kIfMatch, {}};
    };
  }

  // The response 412 when If-Match failed, otherwise the error.
  static Result<Response> refused(const Error& error, const Request& request) {
    if (error.field != kIfMatch) return error;
    return problem(412, "precondition_failed", error.field + ": " + error.message, request);
  }

  const ItemRouteDeps deps_;
};

}  // namespace

void add_item_routes(Router& router, ItemRouteDeps deps) {
  const std::string one = "/api/v1/items/{id}";
  const std::size_t max_body = deps.max_body_bytes;
  const auto routes = std::make_shared<const ItemRoutes>(std::move(deps));
  const auto call = [&routes](auto handler) -> TenantHandler {
    return [routes, handler](const Request& request, const TenantSnapshot& tenant) {
      return std::invoke(handler, *routes, request, tenant);
    };
  };
  router.add({.method = Method::kGet, .pattern = "/api/v1/items"}, call(&ItemRoutes::list));
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/items",
              .run_on = RunOn::kWrite,
              .max_body_bytes = max_body},
             call(&ItemRoutes::create));
  router.add({.method = Method::kGet, .pattern = one}, call(&ItemRoutes::get));
  router.add({.method = Method::kPut, .pattern = one, .run_on = RunOn::kWrite, .max_body_bytes = max_body},
             call(&ItemRoutes::replace));
  router.add({.method = Method::kPatch, .pattern = one, .run_on = RunOn::kWrite, .max_body_bytes = max_body},
             call(&ItemRoutes::patch));
  router.add({.method = Method::kDelete, .pattern = one, .run_on = RunOn::kWrite}, call(&ItemRoutes::remove));
}

}  // namespace fit::http
