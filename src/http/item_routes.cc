#include "catalog/catalog.h"
#include "http/api.h"
#include "http/search_request.h"
#include "search/search_engine.h"

namespace fit::http {
namespace {

Result<ItemId> item_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameter));
  return ItemId{id};
}

Result<Json> item_body(const Request& request) {
  if (media_type(request.content_type) != "application/json") {
    return Error{ErrorCode::kUnsupportedMedia, "must be application/json", "Content-Type", {}};
  }
  FIT_TRY(Json body, parse_json("body", request.body));
  if (!body.is_object()) return malformed("body", "is not a JSON object");
  return body;
}

Result<Response> show(Api& api, ItemId id, int status) {
  FIT_TRY(const domain::ItemRecord item, api.parts.serving().catalog.get(id));
  Response response = json_response(api.views.item(item), status);
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

Result<Response> get_item(Api& api, const Request& request) {
  FIT_TRY(const ItemId id, item_id(request));
  return show(api, id, 200);
}

Result<Response> create_item(Api& api, const Request& request) {
  FIT_TRY(const Json body, item_body(request));
  FIT_TRY(const catalog::ItemInput input, catalog::parse_item(body, api.options.max_image_bytes));
  FIT_TRY(const store::UpsertOutcome outcome, api.parts.serving().catalog.put(input));
  const bool created = outcome.kind == store::UpsertKind::kCreated;
  FIT_TRY(Response response, show(api, outcome.id, created ? 201 : 200));
  if (created) response.headers.emplace_back("Location", "/api/v1/items/" + outcome.id.str());
  return response;
}

// "source" and "external_id" name the item and cannot change, so a body may leave them out.
Result<Response> replace_item(Api& api, const Request& request) {
  FIT_TRY(const ItemId id, item_id(request));
  FIT_TRY(Json body, item_body(request));
  FIT_TRY(const domain::ItemRecord old, api.parts.serving().catalog.get(id));
  if (!body.contains("source")) body["source"] = old.listing.source;
  if (!body.contains("external_id")) body["external_id"] = old.listing.external_id;
  FIT_TRY(const catalog::ItemInput input, catalog::parse_item(body, api.options.max_image_bytes));
  FIT_CHECK(api.parts.serving().catalog.replace(id, input));
  return show(api, id, 200);
}

// What a client would send to write the item as it is: properties that the seller did not give are left open.
Json as_written(const domain::ItemRecord& item) {
  const domain::Listing& listing = item.listing;
  Json properties = Json::object();
  for (std::size_t i = 0; i < listing.properties.size(); ++i) {
    if (item.origins[i].origin == domain::Origin::kSeller) {
      properties[std::string(domain::kProperties[i])] = listing.properties[i];
    }
  }
  Json body{{"title", listing.title},   {"description", listing.description},
            {"brand", listing.brand},   {"currency", listing.currency},
            {"size", listing.size},     {"url", listing.url},
            {"status", listing.status}, {"properties", std::move(properties)}};
  if (listing.price) body["price"] = *listing.price;
  if (listing.listed_at) body["listed_at"] = to_rfc3339(*listing.listed_at);
  for (auto member = body.begin(); member != body.end();) {
    member = *member == Json("") ? body.erase(member) : std::next(member);
  }
  return body;
}

// A JSON merge patch (RFC 7396) of what the seller said; images stay unless it brings new ones.
Result<Response> change_item(Api& api, const Request& request) {
  FIT_TRY(const ItemId id, item_id(request));
  const std::string type = media_type(request.content_type);
  if (type != "application/merge-patch+json" && type != "application/json") {
    return Error{ErrorCode::kUnsupportedMedia, "must be application/merge-patch+json", "Content-Type", {}};
  }
  FIT_TRY(Json patch, parse_json("body", request.body));
  if (!patch.is_object()) return malformed("body", "is not a JSON object");
  // A property may stand at the top level too.
  for (const std::string_view property : domain::kProperties) {
    const std::string name(property);
    if (!patch.contains(name) || (patch.contains("properties") && !patch["properties"].is_object())) continue;
    patch["properties"][name] = patch[name];
    patch.erase(name);
  }
  FIT_TRY(const domain::ItemRecord old, api.parts.serving().catalog.get(id));
  Json body = as_written(old);
  body.merge_patch(patch);
  FIT_TRY(const catalog::ItemInput input, catalog::parse_item(body, api.options.max_image_bytes));
  FIT_CHECK(api.parts.serving().catalog.replace(id, input));
  return show(api, id, 200);
}

Result<Response> list_items(Api& api, const Request& request) {
  FIT_TRY(const SearchRequest wanted, parse_browse(request.query));
  FIT_TRY(const search::SearchResults answer, api.parts.serving().engine.search(wanted.query));
  Response response = json_response(api.views.items(answer));
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

Result<Response> remove_item(Api& api, const Request& request) {
  FIT_TRY(const ItemId id, item_id(request));
  FIT_CHECK(api.parts.serving().catalog.remove(id));
  return Response{.status = 204, .content_type = {}, .body = {}, .headers = {}};
}

}  // namespace

void add_item_routes(Router& router, Api& api) {
  const std::string one = "/api/v1/items/{id}";
  const std::size_t max_body = api.options.max_body_bytes;
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/items",
              .max_body_bytes = max_body,
              .handler = [&api](const Request& request) { return create_item(api, request); }});
  router.add({.method = Method::kGet, .pattern = "/api/v1/items", .handler = [&api](const Request& request) {
                return list_items(api, request);
              }});
  router.add({.method = Method::kGet, .pattern = one, .handler = [&api](const Request& request) {
                return get_item(api, request);
              }});
  router.add({.method = Method::kPut,
              .pattern = one,
              .max_body_bytes = max_body,
              .handler = [&api](const Request& request) { return replace_item(api, request); }});
  router.add({.method = Method::kPatch,
              .pattern = one,
              .max_body_bytes = max_body,
              .handler = [&api](const Request& request) { return change_item(api, request); }});
  router.add({.method = Method::kDelete, .pattern = one, .handler = [&api](const Request& request) {
                return remove_item(api, request);
              }});
}

}  // namespace fit::http
