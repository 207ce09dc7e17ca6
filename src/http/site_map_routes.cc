#include <array>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/format.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/own_origin.h"
#include "store/active_items.h"
#include "store/catalogue.h"
#include "text/html.h"

// What search engines may read: robots.txt, and the pages of the items in sitemaps (sitemaps.org).
namespace fit::http {
namespace {

// A sitemap has the items whose ids are in one range of this size, so that it can be written without those
// before it. The protocol allows 50,000 URLs in a sitemap, and as many sitemaps.
constexpr std::int64_t kItemsOfSitemap = 10'000;
constexpr std::int64_t kMaxSitemaps = 50'000;
constexpr ItemId kLastItem{std::numeric_limits<std::int64_t>::max()};
constexpr std::string_view kNamespace = "http://www.sitemaps.org/schemas/sitemap/0.9";

// Paths that show nothing to somebody without an account. Pages of searches say themselves that they are not
// for search engines; messengers may read them.
constexpr auto kClosedPaths = std::to_array<std::string_view>(
    {"/api/", "/studio", "/sign-in", "/set-up", "/invitation", "/reset", "/account", "/favourites", "/keys",
     "/users", "/saved-searches", "/alerts/", "/unsubscribe", "/shared-outfit", "/wardrobe", "/recent"});

std::string xml_document(std::string_view name) {
  return fit::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{} xmlns=\"{}\">\n", name, kNamespace);
}

Response cached_text(std::string content_type, std::string body) {
  Response response{
      .status = 200, .content_type = std::move(content_type), .body = std::move(body), .headers = {}};
  response.headers.emplace_back("Cache-Control", "public, max-age=3600");
  return response;
}

class SiteMap {
 public:
  SiteMap(const HeadRouteDeps& deps, SnapshotSource snapshot_of)
      : public_origin_(deps.public_origin), visitor_(deps.visitor), snapshot_of_(std::move(snapshot_of)) {}

  Result<Response> robots(const Request& request) const {
    std::string text = "User-agent: *\n";
    if (is_open()) {
      for (const std::string_view path : kClosedPaths) text += fit::format("Disallow: {}\n", path);
      text += fit::format("\nSitemap: {}/sitemap.xml\n", own_origin(public_origin_, request));
    } else {
      text += "Disallow: /\n";
    }
    return cached_text("text/plain; charset=utf-8", std::move(text));
  }

  // The sitemaps that have items. Each is found by one look at the first item of its range.
  Result<Response> index(const Request& request) const {
    if (!is_open()) return closed();
    FIT_TRY(const TenantSnapshot tenant, snapshot_of_(visitor_));
    const std::string origin = text::escape_markup(own_origin(public_origin_, request));
    sql::Database& database = tenant.catalog.writer().database().database();
    std::string xml = xml_document("sitemapindex");
    ItemId after;
    for (std::int64_t count = 0; count < kMaxSitemaps; ++count) {
      FIT_TRY(const auto first, store::active_versions(database, after, kLastItem, 1));
      if (first.empty()) break;
      const std::int64_t number = (first.front().id.value - 1) / kItemsOfSitemap + 1;
      xml += fit::format("  <sitemap><loc>{}/sitemaps/{}</loc></sitemap>\n", origin, number);
      after = ItemId{number * kItemsOfSitemap};
    }
    return cached_text("application/xml; charset=utf-8", xml + "</sitemapindex>\n");
  }

  Result<Response> sitemap(const Request& request) const {
    if (!is_open()) return closed();
    const auto number = parse_id("id", request.path_parameters.get("id"));
    if (!number || *number > kMaxSitemaps * kItemsOfSitemap) return closed();
    FIT_TRY(const TenantSnapshot tenant, snapshot_of_(visitor_));
    const ItemId last{*number * kItemsOfSitemap};
    FIT_TRY(const auto items, store::active_versions(tenant.catalog.writer().database().database(),
                                                     ItemId{last.value - kItemsOfSitemap}, last,
                                                     static_cast<std::size_t>(kItemsOfSitemap)));
    if (items.empty()) return closed();
    const std::string origin = text::escape_markup(own_origin(public_origin_, request));
    std::string xml = xml_document("urlset");
    for (const domain::ItemVersion& item : items) {
      xml += fit::format("  <url><loc>{}/items/{}</loc><lastmod>{}</lastmod></url>\n", origin, item.id.value,
                         to_rfc3339(item.updated_at));
    }
    return cached_text("application/xml; charset=utf-8", xml + "</urlset>\n");
  }

 private:
  bool is_open() const { return visitor_.scopes.contains(accounts::Scope::kItemsRead); }
  static Error closed() { return not_found("there is no such sitemap"); }

  const std::string public_origin_;
  const Principal visitor_;
  const SnapshotSource snapshot_of_;
};

}  // namespace

void add_site_map_routes(Router& router, const HeadRouteDeps& deps) {
  const auto map = std::make_shared<const SiteMap>(deps, router.snapshot_source());
  using Show = Result<Response> (SiteMap::*)(const Request& request) const;
  const auto add = [&](Method method, const char* pattern, RouteClass route_class, Show show) {
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = kPublic,
                .route_class = route_class,
                .query_parameters = kAnyParameters,
                .handler = [map, show](const Request& request) { return ((*map).*show)(request); }});
  };
  add(Method::kGet, "/robots.txt", RouteClass::kNone, &SiteMap::robots);
  add(Method::kGet, "/sitemap.xml", RouteClass::kSearch, &SiteMap::index);
  add(Method::kGet, "/sitemaps/{id}", RouteClass::kSearch, &SiteMap::sitemap);
}

}  // namespace fit::http
