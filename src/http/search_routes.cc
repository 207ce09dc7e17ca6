#include <memory>

#include "base/format.h"
#include "base/stopwatch.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/search_request.h"
#include "net/http_client.h"
#include "search/search_engine.h"

namespace fit::http {
namespace {

Error wrong_media(std::string_view content_type, std::string_view wanted) {
  const std::string got = content_type.empty() ? "missing" : "\"" + media_type(content_type) + "\"";
  return {ErrorCode::kUnsupportedMedia, "is " + got + "; send " + std::string(wanted), "Content-Type", {}};
}

// The handlers of /search_by_image and /api/v1/search.
class SearchRoutes {
 public:
  explicit SearchRoutes(SearchRouteDeps deps) : deps_(std::move(deps)) {}

  Result<Response> search_by_image(const Request& request, const TenantSnapshot& tenant) {
    const Stopwatch watch;
    const std::string_view content_type = request.headers.get("content-type");
    if (media_type(content_type) != "application/json") return wrong_media(content_type, "application/json");
    return search(request, tenant, parse_search_json(request.body, SearchForm::kPhoto, deps_.max_image_bytes),
                  watch);
  }

  Result<Response> search_by_anything(const Request& request, const TenantSnapshot& tenant) {
    const Stopwatch watch;
    const std::string_view content_type = request.headers.get("content-type");
    const std::string type = media_type(content_type);
    if (type == "multipart/form-data") {
      return search(request, tenant, parse_search_form(content_type, request.body, deps_.max_image_bytes),
                    watch);
    }
    if (type != "application/json") {
      return wrong_media(content_type, "application/json or multipart/form-data");
    }
    return search(request, tenant, parse_search_json(request.body, SearchForm::kAny, deps_.max_image_bytes),
                  watch);
  }

 private:
  // The image of a query from the web. A remote server's 404 is not this server's 404.
  Result<Bytes> fetch_image(const std::string& url, const std::stop_token& stop) const {
    net::HttpLimits limits;
    limits.total_timeout = deps_.fetch_time_limit;
    limits.max_bytes = deps_.max_image_bytes;
    limits.retries = 0;
    limits.stop = stop;
    auto fetched = deps_.http.get("image_url", url, limits);
    if (!fetched) {
      Error error = fetched.error();
      if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kBadGateway;
      if (error.code == ErrorCode::kCancelled) error.code = ErrorCode::kUnavailable;
      error.field = "image_url";
      return error;
    }
    if (fetched->body.empty()) {
      return Error{ErrorCode::kBadGateway, "returned an empty file", "image_url", {}};
    }
    return std::move(fetched->body);
  }

  // Searches at once, or after fetching the image by URL on the fetch pool.
  Result<Response> search(const Request& request, const TenantSnapshot& tenant, Result<SearchRequest> parsed,
                          const Stopwatch& watch) const {
    if (!parsed) return parsed.error();
    FIT_CHECK(narrow(*parsed, request.principal));
    if (parsed->image_url.empty()) return answer(request, tenant, parsed->query, watch);
    const auto wanted = std::make_shared<SearchRequest>(*std::move(parsed));
    return continue_on(RunOn::kFetch, [this, tenant, wanted, watch](const Request& same) -> Result<Response> {
      FIT_TRY(wanted->query.image, fetch_image(wanted->image_url, same.stop));
      return continue_on(RunOn::kSearch, [this, tenant, wanted, watch](const Request& again) {
        return answer(again, tenant, wanted->query, watch);
      });
    });
  }

  Result<Response> answer(const Request& request, const TenantSnapshot& tenant, const search::Query& query,
                          const Stopwatch& watch) const {
    FIT_TRY(search::SearchResults found, tenant.engine.search(query));
    // The response of POST /search_by_image, which has no pages, has these members only.
    if (!query.paged) {
      for (search::Hit& one : found.hits) one.relevance.reset();
    }
    Json body = deps_.views.search_results(found, watch.milliseconds());
    leave_out_fields(body["results"], request.principal);
    Response response = json_response(body);
    response.headers.emplace_back(
        "Server-Timing", fit::format("embed;dur={:.3f}, search;dur={:.3f}{}", found.embed_ms, found.search_ms,
                                     found.is_cached ? ", cache;desc=answer" : ""));
    return response;
  }

  const SearchRouteDeps deps_;
};

}  // namespace

void add_search_routes(Router& router, SearchRouteDeps deps) {
  const std::size_t max_body = deps.max_body_bytes;
  const auto routes = std::make_shared<SearchRoutes>(std::move(deps));
  router.add({.method = Method::kPost,
              .pattern = "/search_by_image",
              .required_scope = accounts::Scope::kSearch,
              .route_class = RouteClass::kSearch,
              .max_body_bytes = max_body},
             [routes](const Request& request, const TenantSnapshot& tenant) {
               return routes->search_by_image(request, tenant);
             });
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/search",
              .required_scope = accounts::Scope::kSearch,
              .route_class = RouteClass::kSearch,
              .max_body_bytes = max_body},
             [routes](const Request& request, const TenantSnapshot& tenant) {
               return routes->search_by_anything(request, tenant);
             });
}

}  // namespace fit::http
