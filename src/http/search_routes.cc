
#include "base/format.h"
#include "http/api.h"
#include "http/search_request.h"
#include "net/http_client.h"
#include "search/search_engine.h"

namespace fit::http {
namespace {

Error not_json_media(std::string_view content_type, std::string_view wanted) {
  const std::string got = content_type.empty() ? "missing" : "\"" + media_type(content_type) + "\"";
  return {ErrorCode::kUnsupportedMedia, "is " + got + "; send " + std::string(wanted), "Content-Type", {}};
}

// At most a quarter of the workers wait for slow strangers at a time.
class FetchSlot {
 public:
  explicit FetchSlot(Api& api) : api_(api) {
    const int most = std::max(1, static_cast<int>(api.options.worker_threads / 4));
    granted_ = api_.fetching.fetch_add(1) < most;
  }
  ~FetchSlot() { api_.fetching.fetch_sub(1); }
  FetchSlot(const FetchSlot&) = delete;
  FetchSlot& operator=(const FetchSlot&) = delete;

  bool granted() const { return granted_; }

 private:
  Api& api_;
  bool granted_ = false;
};

// A query's image from the web. What the remote server did wrong is never told as this server's 404.
Result<Bytes> fetch_image(Api& api, const std::string& url) {
  const FetchSlot slot(api);
  if (!slot.granted()) {
    return Error{
        ErrorCode::kTooManyRequests, "too many pictures are being fetched; try again soon", "image_url", {}};
  }
  net::HttpLimits limits;
  limits.total_timeout = std::min(api.options.request_time_limit, std::chrono::milliseconds(10'000));
  limits.max_bytes = api.options.max_image_bytes;
  limits.retries = 0;
  auto fetched = api.parts.http.get("image_url", url, limits);
  if (!fetched) {
    Error error = fetched.error();
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kBadGateway;
    error.field = "image_url";
    return error;
  }
  if (fetched->body.empty())
    return Error{ErrorCode::kBadGateway, "answered with an empty file", "image_url", {}};
  return std::move(fetched->body);
}

Result<Response> search(Api& api, Result<SearchRequest> request,
                        std::chrono::steady_clock::time_point start) {
  if (!request) return request.error();
  if (!request->image_url.empty()) {
    FIT_TRY(request->query.image, fetch_image(api, request->image_url));
  }
  FIT_TRY(search::SearchResults answer, api.parts.serving().engine.search(request->query));
  // POST /search_by_image, which has no pages, keeps to the members that it always had.
  if (!request->query.paged) {
    for (search::Hit& one : answer.hits) one.relevance.reset();
  }
  const double took_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  Response response = json_response(api.views.answer(answer, took_ms));
  response.headers.emplace_back(
      "Server-Timing", fit::format("embed;dur={:.3f}, search;dur={:.3f}{}", answer.embed_ms, answer.search_ms,
                                   answer.is_remembered ? ", cache;desc=answer" : ""));
  return response;
}

Result<Response> search_by_image(Api& api, const Request& request) {
  const auto start = std::chrono::steady_clock::now();
  if (media_type(request.content_type) != "application/json") {
    return not_json_media(request.content_type, "application/json");
  }
  return search(api, parse_search_json(request.body, SearchForm::kPhoto, api.options.max_image_bytes), start);
}

Result<Response> search_by_anything(Api& api, const Request& request) {
  const auto start = std::chrono::steady_clock::now();
  const std::string type = media_type(request.content_type);
  const std::size_t max_image_bytes = api.options.max_image_bytes;
  if (type == "multipart/form-data") {
    return search(api, parse_search_form(request.content_type, request.body, max_image_bytes), start);
  }
  if (type != "application/json") {
    return not_json_media(request.content_type, "application/json or multipart/form-data");
  }
  return search(api, parse_search_json(request.body, SearchForm::kAny, max_image_bytes), start);
}

}  // namespace

void add_search_routes(Router& router, Api& api) {
  const std::size_t max_body = api.options.max_body_bytes;
  router.add({.method = Method::kPost,
              .pattern = "/search_by_image",
              .max_body_bytes = max_body,
              .handler = [&api](const Request& request) { return search_by_image(api, request); }});
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/search",
              .max_body_bytes = max_body,
              .handler = [&api](const Request& request) { return search_by_anything(api, request); }});
}

}  // namespace fit::http
