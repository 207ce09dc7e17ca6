#include "http/page_response.h"

#include <algorithm>
#include <utility>

#include "http/compression.h"
#include "http/etag.h"

namespace fit::http {
namespace {

// Pages load images of listings from any web server, and all other content from this server.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
    "img-src 'self' http: https: data: blob:; media-src 'self' blob:; manifest-src 'self'; worker-src "
    "'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

}  // namespace

Response asset_response(const Asset& asset, std::string_view cache_control, const Request& request) {
  Response response{
      .status = 200, .content_type = std::string(asset.content_type), .body = {}, .headers = {}};
  response.headers.emplace_back("Cache-Control", cache_control);
  response.headers.emplace_back("Content-Security-Policy", kPagePolicy);
  if (!asset.gzip.empty()) response.headers.emplace_back("Vary", "Accept-Encoding");
  const std::string_view accept_encoding = request.headers.get("accept-encoding");
  if (!asset.brotli.empty() && accepts_encoding(accept_encoding, "br")) {
    response.headers.emplace_back("Content-Encoding", "br");
    response.body = asset.brotli;
  } else if (!asset.gzip.empty() && accepts_encoding(accept_encoding, "gzip")) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = asset.gzip;
  } else {
    response.body = asset.content;
  }
  return response;
}

Response send_asset(const Asset& asset, std::string_view cache_control, const Request& request) {
  Response response = asset_response(asset, cache_control, request);
  response.headers.emplace_back("ETag", asset.tag);
  if (none_match_names(request.headers.get("if-none-match"), asset.tag)) {
    std::erase_if(response.headers, [](const auto& header) { return header.first == "Content-Encoding"; });
    response.status = 304;
    response.body.clear();
  }
  return response;
}

Response send_page(std::string page, const Request& request) {
  Response response{
      .status = 200, .content_type = "text/html; charset=utf-8", .body = std::move(page), .headers = {}};
  const std::string tag = etag_of(response.body);
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("Content-Security-Policy", kPagePolicy);
  response.headers.emplace_back("Vary", "Cookie");
  response.headers.emplace_back("ETag", tag);
  if (none_match_names(request.headers.get("if-none-match"), tag)) {
    response.status = 304;
    response.body.clear();
  }
  return response;
}

}  // namespace fit::http
