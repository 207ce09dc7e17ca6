#include <algorithm>

#include "base/format.h"
#include "base/hash.h"
#include "http/api.h"
#include "http/assets.h"

namespace fit::http {
namespace {

// Pictures of listings come from anywhere on the web; everything else only from this server.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' http: https: data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Page {
  std::string_view path;
  std::string_view asset;
  std::string_view content_type;
};

constexpr std::array kPages = {
    Page{"/", "index.html", "text/html; charset=utf-8"},
    Page{"/page.js", "page.js", "text/javascript; charset=utf-8"},
    Page{"/page.css", "page.css", "text/css; charset=utf-8"},
    Page{"/favicon.svg", "favicon.svg", "image/svg+xml"},
    Page{"/docs", "docs.html", "text/html; charset=utf-8"},
    Page{"/api/docs", "docs.html", "text/html; charset=utf-8"},
    Page{"/docs.js", "docs.js", "text/javascript; charset=utf-8"},
    Page{"/docs.css", "docs.css", "text/css; charset=utf-8"},
    Page{"/openapi.json", "openapi.json", "application/json"},
};

Response send_page(const Page& page, std::string_view content, const std::string& tag,
                   const Request& request) {
  Response response{.status = 200, .content_type = std::string(page.content_type), .body = {}, .headers = {}};
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("Content-Security-Policy", kPagePolicy);
  if (request.if_none_match.contains(tag)) {
    response.status = 304;
  } else {
    response.body = content;
  }
  return response;
}

}  // namespace

void add_page_routes(Router& router) {
  for (const Page& page : kPages) {
    const auto asset = std::ranges::find(assets(), page.asset, &Asset::name);
    const std::string_view content = asset == assets().end() ? std::string_view{} : asset->content;
    const std::string tag = fit::format("\"{:016x}\"", xxh3(as_bytes(content)));
    router.add({.method = Method::kGet,
                .pattern = std::string(page.path),
                .run_on = RunOn::kLoop,
                .handler = [&page, content, tag](const Request& request) -> Result<Response> {
                  return send_page(page, content, tag, request);
                }});
  }
}

}  // namespace fit::http
