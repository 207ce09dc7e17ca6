
#include "base/format.h"
#include "base/hash.h"
#include "catalog/catalog.h"
#include "http/api.h"

namespace fit::http {
namespace {

using Load = Result<catalog::Catalog::File> (catalog::Catalog::*)(ImageId);

// An image's id is never given to another image, so its answers may be kept for good.
Result<Response> send_image(Api& api, const Request& request, Load load) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameter));
  const Serving serving = api.parts.serving();
  FIT_TRY(const catalog::Catalog::File file, (serving.catalog.*load)(ImageId{id}));
  const std::string tag = fit::format("\"{:016x}\"", xxh3(file.content));
  Response response{.status = 200, .content_type = file.mime_type, .body = {}, .headers = {}};
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  if (request.if_none_match.contains(tag)) {
    response.status = 304;
    return response;
  }
  response.body = as_text(file.content);
  return response;
}

}  // namespace

void add_image_routes(Router& router, Api& api) {
  router.add({.method = Method::kGet, .pattern = "/images/{id}", .handler = [&api](const Request& request) {
                return send_image(api, request, &catalog::Catalog::original);
              }});
  router.add({.method = Method::kGet,
              .pattern = "/images/{id}/thumbnail",
              .handler = [&api](const Request& request) {
                return send_image(api, request, &catalog::Catalog::thumbnail);
              }});
}

}  // namespace fit::http
