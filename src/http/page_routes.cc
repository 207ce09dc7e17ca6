#include <algorithm>
#include <array>
#include <memory>

#include "http/api.h"
#include "http/app_files.h"
#include "http/middleware.h"
#include "http/page_response.h"

namespace fit::http {
namespace {

using Files = std::shared_ptr<const AppFiles>;

struct Page {
  std::string_view path;
  std::string_view asset;
};

// All paths of the app return index.html, which shows the page of the path. Those that have a head of their
// own are in headed_page_routes.cc.
constexpr std::array kPages = {
    Page{"/catalogue", "index.html"},
    Page{"/operations", "index.html"},
    Page{"/uploads", "index.html"},
    Page{"/sign-in", "index.html"},
    Page{"/set-up", "index.html"},
    Page{"/invitation", "index.html"},
    Page{"/reset", "index.html"},
    Page{"/account", "index.html"},
    Page{"/favourites", "index.html"},
    Page{"/keys", "index.html"},
    Page{"/users", "index.html"},
    Page{"/review", "index.html"},
    Page{"/queues", "index.html"},
    Page{"/clusters", "index.html"},
    Page{"/clusters/{id}", "index.html"},
    Page{"/trends", "index.html"},
    Page{"/experiments", "index.html"},
    Page{"/wardrobe", "index.html"},
    Page{"/wardrobe/{id}", "index.html"},
    Page{"/for-you", "index.html"},
    Page{"/outfits", "index.html"},
    Page{"/outfits/saved", "index.html"},
    Page{"/outfits/saved/{id}", "index.html"},
    Page{"/outfits/plan", "index.html"},
    Page{"/shared-outfit", "index.html"},
    Page{"/sources", "index.html"},
    Page{"/saved-searches", "index.html"},
    Page{"/alerts/confirm", "index.html"},
    Page{"/unsubscribe", "index.html"},
    Page{"/bookmarklet", "index.html"},
    Page{"/recent", "index.html"},
    Page{"/studio", "index.html"},
    Page{"/studio/catalogue", "index.html"},
    Page{"/studio/uploads", "index.html"},
    Page{"/studio/sources", "index.html"},
    Page{"/studio/clusters", "index.html"},
    Page{"/studio/clusters/{id}", "index.html"},
    Page{"/studio/review", "index.html"},
    Page{"/studio/trends", "index.html"},
    Page{"/studio/experiments", "index.html"},
    Page{"/studio/alerts", "index.html"},
    Page{"/studio/operations", "index.html"},
    Page{"/studio/queues", "index.html"},
    Page{"/studio/users", "index.html"},
    Page{"/studio/keys", "index.html"},
    Page{"/studio/bookmarklet", "index.html"},
    Page{"/manifest.webmanifest", "manifest.webmanifest"},
    Page{"/sw.js", "sw.js"},
    Page{"/favicon.svg", "favicon.svg"},
    Page{"/brand/logo", "brand/logo"},  // kLogoPath
    Page{"/docs", "docs.html"},
    Page{"/api/docs", "docs.html"},
    Page{"/docs.js", "docs.js"},
    Page{"/docs.css", "docs.css"},
    Page{"/openapi.json", "openapi.json"},
};

Handler send_named(const Files& files, std::string_view path) {
  return [files, path](const Request& request) -> Result<Response> {
    const Asset* const asset = files->find(path);
    if (asset == nullptr) return not_found("there is no such file");
    return send_asset(*asset, "no-cache", request);
  };
}

// Sends the file of that name in one of the app's folders.
Handler send_from(const Files& files, std::string folder, std::string_view cache_control) {
  return [files, folder = std::move(folder), cache_control](const Request& request) -> Result<Response> {
    const Asset* const asset = files->find(folder + std::string(request.path_parameters.get("id")));
    if (asset == nullptr)
      return not_found("there is no such file; the app may have been updated, load it again");
    return send_asset(*asset, cache_control, request);
  };
}

// Whether a person opened the address in a browser. Scripts ask for "*/*" or for JSON.
bool is_navigation(const Request& request) {
  return request.method == Method::kGet && request.headers.get("accept").contains("text/html") &&
         !request.path.starts_with("/api/") && !request.path.starts_with("/v1/");
}

}  // namespace

Middleware show_missing_pages(std::shared_ptr<const AppFiles> files) {
  if (files == nullptr) files = std::make_shared<const AppFiles>();
  return {.name = "missing pages",
          .after = [files = std::move(files)](const Exchange& exchange, Response& response) {
            if (response.status != 404 || !is_navigation(exchange.request)) return;
            const Asset* const app = files->find("index.html");
            if (app == nullptr) return;
            response = asset_response(*app, "no-store", exchange.request);
            response.status = 404;
          }};
}

void add_page_routes(Router& router, const std::shared_ptr<const AppFiles>& files) {
  for (const Page& page : kPages) {
    router.add({.method = Method::kGet,
                .pattern = std::string(page.path),
                .required_scope = kPublic,
                .run_on = RunOn::kLoop,
                .route_class = RouteClass::kNone,
                .query_parameters = kAnyParameters,
                .handler = send_named(files, page.asset)});
  }
  router.add({.method = Method::kGet,
              .pattern = "/assets/{id}",
              .required_scope = kPublic,
              .run_on = RunOn::kLoop,
              .route_class = RouteClass::kNone,
              .query_parameters = kAnyParameters,
              .handler = send_from(files, "assets/", "public, max-age=31536000, immutable")});
  router.add({.method = Method::kGet,
              .pattern = "/icons/{id}",
              .required_scope = kPublic,
              .run_on = RunOn::kLoop,
              .route_class = RouteClass::kNone,
              .query_parameters = kAnyParameters,
              .handler = send_from(files, "icons/", "public, max-age=86400")});
}

}  // namespace fit::http
