#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/format.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/json_body.h"
#include "http/kept_query.h"
#include "http/own_origin.h"
#include "http/request_person.h"
#include "http/tenant_choice.h"
#include "links/short_links.h"
#include "search/search_engine.h"
#include "store/catalogue.h"

namespace fit::http {
namespace {

constexpr int kSharedPhotoSide = 1024;
constexpr std::size_t kMaxKeptQueryBytes = 16 << 10;

using links::ShortLink;
using links::ShortLinks;

// A search as the body of a request shares it.
struct LinkOrder {
  KeptQuery kept;
  bool keeps_photo = false;
};

// Who may remove the links that a request makes: an account, a key, a device; empty: nobody.
Result<std::string> link_owner(const Request& request) {
  FIT_TRY(const auto person, find_person(request));
  const Principal& caller = request.principal;
  if (person && !person->is_device()) return person->str();
  if (caller.key_id != 0 && !caller.has_token) return caller.id;
  return person ? person->str() : std::string();
}

Result<bool> take_flag(Json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) return false;
  if (!found->is_boolean()) return invalid(name, "must be true or false");
  const bool flag = found->get<bool>();
  body.erase(name);
  return flag;
}

ShortLinks links_of(const TenantSnapshot& tenant) {
  return ShortLinks(tenant.catalog.writer().database().database());
}

// The handlers of /api/v1/links.
class LinkRoutes {
 public:
  explicit LinkRoutes(LinkRouteDeps deps) : deps_(std::move(deps)) {}

  Result<Response> create(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(LinkOrder order, order_of(request));
    FIT_TRY(const std::string owner, link_owner(request));
    FIT_CHECK(narrow(order.kept.search, tenant, request.principal));
    search::Query& query = order.kept.search.query;
    links::NewShortLink wanted{.owner = owner, .query = dump_json(order.kept.request)};
    if (wanted.query.size() > kMaxKeptQueryBytes) {
      return Error{ErrorCode::kTooLarge,
                   fit::format("has more than {} bytes besides its photo", kMaxKeptQueryBytes),
                   "query",
                   {}};
    }
    Bytes photo;
    if (!query.image.empty()) {
      // Encoded again: a file of a camera tells where and when it was made.
      const auto image =
          media::decode("query." + query.image_field, query.image, kSharedPhotoSide, deps_.image_limits);
      FIT_CHECK(image);
      FIT_TRY(photo, media::encode_jpeg(*image, kSharedPhotoSide, 90));
    } else if (order.kept.search.image_url.empty() && !order.kept.request.empty()) {
      query.limit = 1;
      query.paged = true;
      const auto found = tenant.engine.search(query);
      if (!found) return in_query(found.error());
      if (query.item_id) {
        wanted.first_item = query.item_id;
      } else if (!found->hits.empty()) {
        wanted.first_item = found->hits.front().item.id;
      }
    }
    wanted.photo = photo;
    FIT_TRY(const ShortLink made, links_of(tenant).create(wanted));
    Response response = json_response(view_of(request, made, owner), 201);
    response.headers.emplace_back("Location", "/api/v1/links/" + made.code);
    return response;
  }

  Result<Response> get(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ShortLink link, links_of(tenant).get(request.path_parameters.get("code")));
    FIT_TRY(const std::string owner, link_owner(request));
    Json view = view_of(request, link, owner);
    FIT_TRY(view["query"], parse_json("query", link.query));
    return json_response(view);
  }

  Result<Response> remove(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const std::string owner, link_owner(request));
    FIT_CHECK(links_of(tenant).remove(request.path_parameters.get("code"), owner));
    return no_content();
  }

  Result<Response> photo(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const Bytes photo, links_of(tenant).photo(request.path_parameters.get("code")));
    Response response;
    response.content_type = "image/jpeg";
    response.body = as_text(photo);
    response.headers.emplace_back("Cache-Control", "private, max-age=300");
    response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
    response.headers.emplace_back("X-Robots-Tag", "noindex");
    return response;
  }

 private:
  Result<LinkOrder> order_of(const Request& request) const {
    FIT_TRY(Json body, json_body(request));
    LinkOrder order;
    FIT_TRY(order.kept, take_kept_query(body, deps_.max_image_bytes));
    FIT_TRY(order.keeps_photo, take_flag(body, "keep_photo"));
    if (!body.empty()) return invalid(body.items().begin().key(), "is not a known field");
    const bool has_photo = !order.kept.search.query.image.empty();
    if (has_photo && !order.keeps_photo) {
      return invalid("keep_photo", "must be true for a query with a photo; otherwise leave the photo out");
    }
    if (!has_photo && order.keeps_photo) return invalid("keep_photo", "needs query.image_base64");
    return order;
  }

  Json view_of(const Request& request, const ShortLink& link, const std::string& owner) const {
    const std::string tenant = tenant_query(request.principal.tenant);
    const std::string page = "/s/" + link.code;
    return {{"code", link.code},
            {"url", own_origin(deps_.public_origin, request) + page + tenant},
            {"photo_url", link.has_photo ? Json(page + "/photo" + tenant) : Json(nullptr)},
            {"created_at", to_rfc3339(link.created_at)},
            {"expires_at", to_rfc3339(link.expires_at)},
            {"is_own", !owner.empty() && owner == link.owner}};
  }

  const LinkRouteDeps deps_;
};

}  // namespace

void add_link_routes(Router& router, LinkRouteDeps deps) {
  const std::size_t max_body = deps.max_body_bytes;
  const auto routes = std::make_shared<const LinkRoutes>(std::move(deps));
  using Handle = Result<Response> (LinkRoutes::*)(const Request& request, const TenantSnapshot& tenant) const;
  using Parameters = std::vector<std::string_view>;
  const auto add = [&](Method method, const char* pattern, Handle handle, Parameters parameters = {}) {
    const bool reads = method == Method::kGet;
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kSearch,
                .run_on = reads ? RunOn::kSearch : RunOn::kWrite,
                .route_class = reads ? RouteClass::kNone : RouteClass::kWrite,
                .max_body_bytes = method == Method::kPost ? max_body : 0,
                .query_parameters = std::move(parameters),
                .audited = Audited::kNever},  // what somebody looks for is nobody else's business
               [routes, handle](const Request& request, const TenantSnapshot& tenant) {
                 return ((*routes).*handle)(request, tenant);
               });
  };
  add(Method::kPost, "/api/v1/links", &LinkRoutes::create);
  add(Method::kGet, "/api/v1/links/{code}", &LinkRoutes::get);
  add(Method::kDelete, "/api/v1/links/{code}", &LinkRoutes::remove);
  add(Method::kGet, "/s/{code}/photo", &LinkRoutes::photo, {"tenant"});
}

}  // namespace fit::http
