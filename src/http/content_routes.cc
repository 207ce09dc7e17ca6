#include <functional>
#include <memory>
#include <utility>

#include "base/base64.h"
#include "base/format.h"
#include "base/json_reader.h"
#include "catalog/catalog.h"
#include "catalog/image_processor.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/caller_view.h"
#include "http/json_body.h"
#include "http/parameter_values.h"
#include "store/catalogue.h"

namespace fit::http {
namespace {

constexpr std::size_t kDefaultReviews = 50;
constexpr std::size_t kMaxReviews = 200;

Json to_json(const store::BlockedImage& image) {
  return {{"id", std::to_string(image.id)},
          {"perceptual_hash", fit::format("{:016x}", image.perceptual_hash)},
          {"note", image.note},
          {"created_by", image.created_by},
          {"created_at", to_rfc3339(image.created_at)}};
}

Json to_json(const store::ReviewedImage& image) {
  return {{"image_id", image.image.str()},
          {"reason", image.review.reason},
          {"scores", image.review.scores.empty() ? Json(nullptr) : Json::parse(image.review.scores)},
          {"flagged_at", to_rfc3339(image.review.flagged_at)}};
}

store::Catalogue& store_of(const TenantSnapshot& tenant) {
  return tenant.catalog.writer().database();
}

Result<ItemId> flagged_item(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return ItemId{id};
}

// The handlers of /api/v1/content/...: the items that wait for a review, and the block list.
class ContentRoutes {
 public:
  explicit ContentRoutes(ContentRouteDeps deps) : deps_(std::move(deps)) {}

  Result<Response> list_flagged(const Request& request, const TenantSnapshot& tenant) const {
    ItemId after;
    std::size_t wanted = kDefaultReviews;
    for (const auto& [name, value] : query_parameters(request.query)) {
      if (name == "limit") {
        FIT_TRY(wanted, parse_limit(value, kMaxReviews));
      } else {
        FIT_TRY(const std::int64_t id, parse_id("after", value));
        after = ItemId{id};
      }
    }
    store::Catalogue& store = store_of(tenant);
    FIT_TRY(const auto ids, store.reviews().flagged_items(after, wanted));
    FIT_TRY(const auto items, store.items().get(ids));
    FIT_TRY(const std::int64_t count, store.reviews().count_flagged_items());
    Json list = Json::array();
    for (const domain::ItemRecord& item : items) {
      FIT_TRY(const auto images, store.reviews().flagged_images(item.id));
      Json flags = Json::array();
      for (const store::ReviewedImage& image : images) flags.push_back(to_json(image));
      list.push_back({{"item", deps_.views.item(item)},
                      {"listed_status", item.sellers_status()},
                      {"flags", std::move(flags)}});
    }
    Json body{{"items", std::move(list)}, {"total", count}};
    if (ids.size() == wanted) body["next_after"] = ids.back().str();
    Response response = json_response(body);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  }

  Result<Response> approve(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, flagged_item(request));
    FIT_CHECK(store_of(tenant).reviews().approve(id, request.principal.id));
    tenant.catalog.writer().changed();
    FIT_TRY(const domain::ItemRecord item, tenant.catalog.get(id));
    Response response = json_response(deps_.views.item(item));
    note_audit(response, {.target = "item:" + id.str()});
    return response;
  }

  Result<Response> remove(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ItemId id, flagged_item(request));
    FIT_CHECK(tenant.catalog.remove(id, [&id](const domain::ItemRecord& item) -> Result<void> {
      if (item.listing.status == domain::kFlaggedStatus) return {};
      return not_found("no item " + id.str() + " waits for a review");
    }));
    Response response = no_content();
    note_audit(response, {.target = "item:" + id.str()});
    return response;
  }

  Result<Response> list_blocked(const Request&, const TenantSnapshot& tenant) const {
    FIT_TRY(const auto blocked, store_of(tenant).blocked_images().list());
    Json list = Json::array();
    for (const store::BlockedImage& image : blocked) list.push_back(to_json(image));
    return json_response({{"blocked", std::move(list)}});
  }

  Result<Response> block(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string image = reader.optional_text("image_base64");
    const std::string image_id = reader.optional_text("image_id");
    store::BlockedImage entry{.note = reader.optional_text("note"), .created_by = request.principal.id};
    FIT_CHECK(reader.finish());
    if (image.empty() == image_id.empty()) {
      return invalid("image_base64", "must be given, or image_id, and not both");
    }
    if (image_id.empty()) {
      FIT_TRY(const Bytes file, decode_base64("image_base64", image, deps_.max_image_bytes));
      FIT_TRY(entry.perceptual_hash,
              catalog::perceptual_hash("image_base64", file, deps_.image_limits, deps_.thumbnail_side));
    } else {
      FIT_TRY(const std::int64_t id, parse_id("image_id", image_id));
      FIT_TRY(const auto record, store_of(tenant).items().image(ImageId{id}));
      entry.perceptual_hash = record.perceptual_hash;
    }
    FIT_TRY(const store::BlockedImage added, store_of(tenant).blocked_images().add(entry));
    Response response = json_response(to_json(added), 201);
    response.headers.emplace_back("Location", "/api/v1/content/blocked/" + std::to_string(added.id));
    note_audit(response, {.target = "blocked:" + std::to_string(added.id)});
    return response;
  }

  Result<Response> unblock(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
    FIT_CHECK(store_of(tenant).blocked_images().remove(id));
    return no_content();
  }

 private:
  const ContentRouteDeps deps_;
};

}  // namespace

void add_content_routes(Router& router, ContentRouteDeps deps) {
  const std::size_t max_body = deps.max_body_bytes;
  const auto routes = std::make_shared<const ContentRoutes>(std::move(deps));
  const auto add = [&](Method method, const char* pattern, auto handler,
                       std::vector<std::string_view> parameters = {}) {
    const bool is_read = method == Method::kGet;
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kContentReview,
                .run_on = is_read ? RunOn::kSearch : RunOn::kWrite,
                .route_class = is_read ? RouteClass::kNone : RouteClass::kWrite,
                .max_body_bytes = method == Method::kPost ? max_body : 0,
                .query_parameters = std::move(parameters)},
               [routes, handler](const Request& request, const TenantSnapshot& tenant) {
                 return std::invoke(handler, *routes, request, tenant);
               });
  };
  add(Method::kGet, "/api/v1/content/flagged", &ContentRoutes::list_flagged, {"after", "limit"});
  add(Method::kPost, "/api/v1/content/flagged/{id}/approve", &ContentRoutes::approve);
  add(Method::kDelete, "/api/v1/content/flagged/{id}", &ContentRoutes::remove);
  add(Method::kGet, "/api/v1/content/blocked", &ContentRoutes::list_blocked);
  add(Method::kPost, "/api/v1/content/blocked", &ContentRoutes::block);
  add(Method::kDelete, "/api/v1/content/blocked/{id}", &ContentRoutes::unblock);
}

}  // namespace fit::http
