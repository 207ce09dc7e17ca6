#include <memory>
#include <string>
#include <utility>

#include "accounts/tenants.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/app_files.h"
#include "http/caller_view.h"
#include "http/credentials.h"
#include "http/own_origin.h"
#include "http/page_response.h"
#include "http/search_head.h"
#include "http/tenant_choice.h"
#include "links/short_links.h"
#include "store/catalogue.h"

namespace fit::http {
namespace {

// The pages of the app that have a head. The head shows what somebody without an account may see. Whoever
// sends credentials gets the page without one, and so does everybody where visitors may see nothing, or while
// the catalogue cannot be read: the app itself shows the rest.
class HeadedPages {
 public:
  HeadedPages(std::shared_ptr<const AppFiles> files, HeadRouteDeps deps, SnapshotSource snapshot_of)
      : files_(std::move(files)), deps_(std::move(deps)), snapshot_of_(std::move(snapshot_of)) {}

  // Without a search, the start page is the app's file, which is compressed already: its own title says it
  // all.
  Result<Response> start(const Request& request) const {
    if (request.query.empty() || !is_for(request, accounts::Scope::kSearch)) return plain(request);
    return with_head(request, start_head(request.query, site_of(request, deps_.visitor)));
  }

  Result<Response> item(const Request& request) const {
    if (!is_for(request, accounts::Scope::kItemsRead)) return plain(request);
    const auto id = parse_id("id", request.path_parameters.get("id"));
    if (!id) return missing(request);
    const auto tenant = snapshot_of_(deps_.visitor);
    if (!tenant) return plain(request);
    const auto item = tenant->catalog.get(ItemId{*id});
    if (!item) return item.error().code == ErrorCode::kNotFound ? missing(request) : plain(request);
    if (!is_visible(*tenant, item->listing, deps_.visitor)) return missing(request);
    return with_head(request, item_head(*item, site_of(request, deps_.visitor)));
  }

  Result<Response> link(const Request& request) const {
    Principal reader = deps_.visitor;
    const auto named = query_parameter(request.query, "tenant");
    if (named && *named != reader.tenant) {
      // Only on an open server may a visitor enter another tenant.
      if (reader.id != Principal::kLocal || !accounts::check_tenant_name("tenant", *named)) {
        return plain(request);
      }
      reader.tenant = *named;
    }
    if (!is_for(request, accounts::Scope::kSearch)) return plain(request);
    const auto tenant = snapshot_of_(reader);
    if (!tenant) return tenant.error().code == ErrorCode::kNotFound ? missing(request) : plain(request);
    const std::string_view code = request.path_parameters.get("code");
    const auto link = links::ShortLinks(tenant->catalog.writer().database().database()).get(code);
    if (!link) return link.error().code == ErrorCode::kNotFound ? missing(request) : plain(request);
    Result<Response> response = with_head(request, link_head(request, *tenant, reader, *link));
    if (response) response->headers.emplace_back("X-Robots-Tag", "noindex");
    return response;
  }

 private:
  bool is_for(const Request& request, accounts::Scope scope) const {
    if (!deps_.visitor.scopes.contains(scope)) return false;
    const auto credentials = credentials_of(request);
    return credentials && credentials->kind == Credentials::Kind::kNone;
  }

  HeadSite site_of(const Request& request, const Principal& reader) const {
    return {.name = deps_.site_name,
            .origin = own_origin(deps_.public_origin, request),
            .currency = deps_.currency,
            .views = deps_.views.of_tenant(reader.tenant)};
  }

  PageHead link_head(const Request& request, const TenantSnapshot& tenant, const Principal& reader,
                     const links::ShortLink& link) const {
    const HeadSite site = site_of(request, reader);
    const auto query = parse_json("query", link.query);
    PageHead head = query && query->is_object()
                        ? search_head(json_text(*query, "text"), query->value("filters", Json()))
                        : PageHead{};
    head.is_for_search_engines = false;
    head.url = site.origin + "/s/" + link.code + tenant_query(reader.tenant);
    const auto item = first_item(tenant, reader, link);
    if (item && head.title.empty() && query && query->contains("item_id")) head.title = head_name_of(*item);
    if (link.has_photo) {
      head.image =
          PageHead::Image{.url = site.origin + "/s/" + link.code + "/photo" + tenant_query(reader.tenant)};
    } else if (item) {
      head.image = head_image_of(*item, site);
    }
    return head;
  }

  // The item that the search of a link found at first, while the reader may see it and it may still be had.
  static std::optional<domain::ItemRecord> first_item(const TenantSnapshot& tenant, const Principal& reader,
                                                      const links::ShortLink& link) {
    if (!link.first_item) return std::nullopt;
    auto item = tenant.catalog.get(*link.first_item);
    if (!item || item->listing.status != "active" || !is_visible(tenant, item->listing, reader)) {
      return std::nullopt;
    }
    return *std::move(item);
  }

  const Asset* app() const { return files_->find("index.html"); }

  Result<Response> plain(const Request& request) const {
    const Asset* const page = app();
    if (page == nullptr) return not_found("there is no such file");
    Response response = send_asset(*page, "no-cache", request);
    response.headers.emplace_back("Vary", "Cookie");
    return response;
  }

  Result<Response> with_head(const Request& request, const PageHead& head) const {
    const Asset* const page = app();
    if (page == nullptr) return not_found("there is no such file");
    return send_page(page_with_head(page->content, head, deps_.site_name), request);
  }

  // The app, which says that there is nothing here.
  Result<Response> missing(const Request& request) const {
    const Asset* const page = app();
    if (page == nullptr) return not_found("there is no such file");
    Response response = asset_response(*page, "no-store", request);
    response.status = 404;
    response.headers.emplace_back("X-Robots-Tag", "noindex");
    return response;
  }

  const std::shared_ptr<const AppFiles> files_;
  const HeadRouteDeps deps_;
  const SnapshotSource snapshot_of_;
};

}  // namespace

void add_headed_page_routes(Router& router, const std::shared_ptr<const AppFiles>& files,
                            HeadRouteDeps deps) {
  const auto pages = std::make_shared<const HeadedPages>(files, std::move(deps), router.snapshot_source());
  using Show = Result<Response> (HeadedPages::*)(const Request& request) const;
  const auto add = [&](Method method, const char* pattern, RunOn run_on, Show show) {
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = kPublic,
                .run_on = run_on,
                .route_class = RouteClass::kNone,
                .query_parameters = kAnyParameters,
                .handler = [pages, show](const Request& request) { return ((*pages).*show)(request); }});
  };
  add(Method::kGet, "/", RunOn::kLoop, &HeadedPages::start);
  add(Method::kGet, "/items/{id}", RunOn::kSearch, &HeadedPages::item);
  add(Method::kGet, "/s/{code}", RunOn::kSearch, &HeadedPages::link);
}

}  // namespace fit::http
