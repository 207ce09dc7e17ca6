#include <algorithm>
#include <memory>

#include "catalog/catalog.h"
#include "catalog/item_patch.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/caller_view.h"
#include "http/etag.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "http/search_request.h"
#include "search/search_engine.h"

namespace fit::http {
namespace {

constexpr const char* kIfMatch = "If-Match";
constexpr std::size_t kMaxHistory = 1000;  // states

Result<ItemId> item_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return ItemId{id};
}

// The handlers of /api/v1/items and /api/v1/items/{id}. An item's ETag is that of its JSON.
class ItemRoutes {
 public:
  explicit ItemRoutes(ItemRouteDeps deps) : deps_(std::move(deps)) {}

  // Lists items, or returns one item if the query names its source and external_id.
  Result<Response> list(const Request& request, const TenantSnapshot& tenant) const {
    if (names_item(request)) {
      FIT_TRY(const domain::ItemRecord item, item_of_key(request, tenant));
      return show_if_changed(request, tenant, item.id);
    }
    FIT_TRY(SearchRequest wanted, parse_browse(request.query));
    FIT_CHECK(narrow(wanted, tenant, request.principal));
    FIT_TRY(const search::SearchResults found, tenant.engine.search(wanted.query));
    Json body = views_for(request).items(found);
    leave_out_fields(body["items"], request.principal);
    Response response = json_response(body);
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
  }

  Result<Response> create(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(InputPtr input, item_input(request));
    FIT_CHECK(tenant.catalog.writer().check(*input));
    FIT_TRY(const auto item, tenant.catalog.find({input->listing.source, input->listing.external_id}));
    const auto id = item ? std::optional(item->id) : std::nullopt;
    return with_images(request, tenant, input, id,
                       [this, tenant, input](const Request& same, catalog::PreparedImages images) {
                         return put(same, tenant, *input, std::move(images));
                       });
  }

  Result<Response> get(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, item_id(request));
    return show_if_changed(request, tenant, id);
  }

  // The prices and statuses that the item has had.
  Result<Response> history(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, item_id(request));
    FIT_TRY(const domain::ItemRecord item, tenant.catalog.get(id));
    if (!is_visible(tenant, item.listing, request.principal)) {
      return not_found("there is no item " + id.str());
    }
    FIT_TRY(const auto states, tenant.catalog.writer().database().items().history(id, kMaxHistory));
    Json list = Json::array();
    for (const domain::ItemState& state : states) {
      list.push_back({{"since", to_rfc3339(state.since)},
                      {"price", state.price ? Json(*state.price) : Json()},
                      {"currency", state.currency.empty() ? Json() : Json(state.currency)},
                      {"status", state.status}});
    }
    leave_out_fields(list, request.principal);
    return json_response({{"item_id", id.str()}, {"history", std::move(list)}});
  }

  // Creates or replaces the item whose source and external_id are in the query.
  Result<Response> put_key(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const domain::ItemKey key, item_key(request));
    FIT_TRY(const InputPtr given, item_input(request));
    catalog::ItemInput input = *given;
    FIT_CHECK(take_key(input.listing.source, key.source, "source"));
    FIT_CHECK(take_key(input.listing.external_id, key.external_id, "external_id"));
    FIT_CHECK(tenant.catalog.writer().check(input));
    FIT_TRY(const auto item, tenant.catalog.find(key));
    const bool is_conditional = !request.headers.get("if-match").empty();
    if (is_conditional && !item) {
      return refused({ErrorCode::kConflict, "there is no such item", kIfMatch, {}}, request);
    }
    const auto id = item ? std::optional(item->id) : std::nullopt;
    if (is_conditional) {
      if (const auto met = check_precondition(request, tenant, *id); !met)
        return refused(met.error(), request);
    }
    const auto whole = std::make_shared<const catalog::ItemInput>(std::move(input));
    return with_images(request, tenant, whole, id,
                       [this, tenant, whole, id, is_conditional](
                           const Request& same, catalog::PreparedImages images) -> Result<Response> {
                         if (!is_conditional) return put(same, tenant, *whole, std::move(images));
                         const auto done =
                             tenant.catalog.replace(*id, *whole, if_match(same), std::move(images));
                         if (!done) return refused(done.error(), same);
                         return show(same, tenant, *id, 200);
                       });
  }

  Result<Response> remove_key(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const domain::ItemRecord item, item_of_key(request, tenant));
    return remove(request, tenant, item.id);
  }

  // "source" and "external_id" name the item and cannot change, so that a body may leave them out.
  Result<Response> replace(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, item_id(request));
    FIT_TRY(InputPtr input, item_input(request));
    if (const auto met = check_precondition(request, tenant, id); !met) return refused(met.error(), request);
    return with_images(
        request, tenant, input, id,
        [this, tenant, input, id](const Request& same, catalog::PreparedImages images) -> Result<Response> {
          const auto done = tenant.catalog.replace(id, *input, if_match(same), std::move(images));
          if (!done) return refused(done.error(), same);
          return show(same, tenant, id, 200);
        });
  }

  Result<Response> patch(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, item_id(request));
    const std::string type = media_type(request.headers.get("content-type"));
    if (type != "application/merge-patch+json" && type != "application/json") {
      return Error{ErrorCode::kUnsupportedMedia, "must be application/merge-patch+json", "Content-Type", {}};
    }
    FIT_TRY(Json json, json_object(request));
    const auto patch = std::make_shared<const Json>(std::move(json));
    const auto apply = [this, tenant, patch, id](const Request& same,
                                                 catalog::PreparedImages images) -> Result<Response> {
      const auto done =
          tenant.catalog.patch(id, *patch, deps_.max_image_bytes, if_match(same), std::move(images));
      if (!done) return refused(done.error(), same);
      return show(same, tenant, id, 200);
    };
    const bool has_images = std::ranges::any_of(
        patch->items(), [](const auto& member) { return member.key().starts_with("image"); });
    if (!has_images) return apply(request, {});
    if (const auto met = check_precondition(request, tenant, id); !met) return refused(met.error(), request);
    FIT_TRY(const domain::ItemRecord item, tenant.catalog.get(id));
    FIT_TRY(catalog::ItemInput changed, catalog::apply_patch(item, *patch, deps_.max_image_bytes));
    return with_images(request, tenant, std::make_shared<const catalog::ItemInput>(std::move(changed)), id,
                       apply);
  }

  Result<Response> remove_id(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, item_id(request));
    return remove(request, tenant, id);
  }

 private:
  using InputPtr = std::shared_ptr<const catalog::ItemInput>;

  static bool names_item(const Request& request) {
    return std::ranges::any_of(query_parameters(request.query), [](const auto& parameter) {
      return parameter.first == "source" || parameter.first == "external_id";
    });
  }

  // The key in the query. kInvalid naming a parameter that is missing, empty, repeated or unknown.
  static Result<domain::ItemKey> item_key(const Request& request) {
    domain::ItemKey key;
    for (const auto& [name, value] : query_parameters(request.query)) {
      std::string* const part = name == "source"        ? &key.source
                                : name == "external_id" ? &key.external_id
                                                        : nullptr;
      if (part == nullptr) {
        return invalid(name.substr(0, 100), "is not a known parameter beside source and external_id");
      }
      if (!part->empty()) return invalid(name, "is given twice");
      if (value.empty()) return invalid(name, "is empty");
      *part = value;
    }
    if (key.source.empty())
      return invalid("source", "is missing: source and external_id name an item together");
    if (key.external_id.empty()) {
      return invalid("external_id", "is missing: source and external_id name an item together");
    }
    return key;
  }

  static Result<domain::ItemRecord> item_of_key(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const domain::ItemKey key, item_key(request));
    FIT_TRY(auto item, tenant.catalog.find(key));
    if (!item || !is_visible(tenant, item->listing, request.principal)) {
      return not_found("there is no item of that source and external_id");
    }
    return *std::move(item);
  }

  // Sets a missing key field of the body from the URL. kConflict when they differ.
  static Result<void> take_key(std::string& given, const std::string& wanted, const char* field) {
    if (given.empty()) given = wanted;
    if (given == wanted) return {};
    return Error{ErrorCode::kConflict, "is another than in the address", field, {}};
  }

  Result<Response> remove(const Request& request, const TenantSnapshot& tenant, ItemId id) const {
    if (const auto done = tenant.catalog.remove(id, if_match(request)); !done) {
      return refused(done.error(), request);
    }
    Response response = no_content();
    note_audit(response, {.target = "item:" + id.str()});
    return response;
  }

  Result<Response> show_if_changed(const Request& request, const TenantSnapshot& tenant, ItemId id) const {
    FIT_TRY(const domain::ItemRecord item, tenant.catalog.get(id));
    if (!is_visible(tenant, item.listing, request.principal)) {
      return not_found("there is no item " + id.str());
    }
    Response response = show(request, item, 200);
    if (none_match_names(request.headers.get("if-none-match"), response.headers.front().second)) {
      response.status = 304;
      response.body.clear();
    }
    return response;
  }
  using Write = std::function<Result<Response>(const Request&, catalog::PreparedImages)>;

  // Calls `write` at once if no image of the input must be fetched. Otherwise continues with the fetches on
  // the fetch pool and then with `write` on the write pool, so that no thread for writes waits for another
  // server.
  static Result<Response> with_images(const Request& request, const TenantSnapshot& tenant, InputPtr input,
                                      std::optional<ItemId> item, Write write) {
    FIT_TRY(const bool must_fetch, tenant.catalog.must_fetch(input->images, item));
    if (!must_fetch) return write(request, {});
    return continue_on(RunOn::kFetch,
                       [tenant, input = std::move(input), item,
                        write = std::move(write)](const Request& same) -> Result<Response> {
                         auto prepared = tenant.catalog.prepare(input->images, item, same.stop);
                         if (!prepared && prepared.error().code == ErrorCode::kCancelled) {
                           return Error{ErrorCode::kUnavailable, "the server is stopping", {}, {}};
                         }
                         if (!prepared) return std::move(prepared).error();
                         const auto images = std::make_shared<catalog::PreparedImages>(*std::move(prepared));
                         return continue_on(RunOn::kWrite, [write, images](const Request& again) {
                           return write(again, std::move(*images));
                         });
                       });
  }

  Result<Response> put(const Request& request, const TenantSnapshot& tenant, const catalog::ItemInput& input,
                       catalog::PreparedImages images) const {
    FIT_TRY(const store::UpsertOutcome outcome, tenant.catalog.put(input, std::move(images)));
    const bool created = outcome.kind == store::UpsertKind::kCreated;
    FIT_TRY(Response response, show(request, tenant, outcome.id, created ? 201 : 200));
    if (created) response.headers.emplace_back("Location", "/api/v1/items/" + outcome.id.str());
    return response;
  }

  // Checks before any fetch that the item exists and matches If-Match.
  Result<void> check_precondition(const Request& request, const TenantSnapshot& tenant, ItemId id) const {
    FIT_TRY(const domain::ItemRecord item, tenant.catalog.get(id));
    const auto required = if_match(request);
    return required ? required(item) : Result<void>();
  }

  Result<InputPtr> item_input(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    FIT_TRY(catalog::ItemInput input, catalog::parse_item(body, deps_.max_image_bytes));
    return std::make_shared<const catalog::ItemInput>(std::move(input));
  }

  search::ResultViews views_for(const Request& request) const {
    return deps_.views.of_tenant(request.principal.tenant);
  }

  // The response to whoever has written the item, who is told of one that waits for a review.
  Result<Response> show(const Request& request, const TenantSnapshot& tenant, ItemId id, int status) const {
    FIT_TRY(const domain::ItemRecord item, tenant.catalog.get(id));
    return show(request, item, status);
  }

  // The response with an item. Its ETag is the first header.
  Response show(const Request& request, const domain::ItemRecord& item, int status) const {
    Json body = views_for(request).item(item);
    leave_out_fields(body, request.principal);
    Response response = json_response(body, status);
    response.headers.emplace_back("ETag", etag_of(response.body));
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
  }

  // The request's If-Match header as a precondition of the change. Borrows the request.
  catalog::Catalog::Precondition if_match(const Request& request) const {
    const std::string_view header = request.headers.get("if-match");
    if (header.empty()) return {};
    return [views = views_for(request), header](const domain::ItemRecord& item) -> Result<void> {
      if (match_names(header, etag_of(dump_json(views.item(item))))) return {};
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
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/items",
              .required_scope = accounts::Scope::kItemsRead,
              .route_class = RouteClass::kSearch,
              .query_parameters = kAnyParameters},
             call(&ItemRoutes::list));
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/items",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = max_body},
             call(&ItemRoutes::create));
  router.add({.method = Method::kPut,
              .pattern = "/api/v1/items",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = max_body,
              .query_parameters = {{"source", "external_id"}}},
             call(&ItemRoutes::put_key));
  router.add({.method = Method::kDelete,
              .pattern = "/api/v1/items",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite,
              .query_parameters = {{"source", "external_id"}}},
             call(&ItemRoutes::remove_key));
  router.add({.method = Method::kGet,
              .pattern = one,
              .required_scope = accounts::Scope::kItemsRead,
              .route_class = RouteClass::kNone},
             call(&ItemRoutes::get));
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/items/{id}/history",
              .required_scope = accounts::Scope::kItemsRead,
              .route_class = RouteClass::kNone},
             call(&ItemRoutes::history));
  router.add({.method = Method::kPut,
              .pattern = one,
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = max_body},
             call(&ItemRoutes::replace));
  router.add({.method = Method::kPatch,
              .pattern = one,
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = max_body},
             call(&ItemRoutes::patch));
  router.add({.method = Method::kDelete,
              .pattern = one,
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite},
             call(&ItemRoutes::remove_id));
}

}  // namespace fit::http
