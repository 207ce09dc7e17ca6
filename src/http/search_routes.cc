#include <memory>
#include <optional>

#include "accounts/history_writer.h"
#include "base/format.h"
#include "base/stopwatch.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/federated_search.h"
#include "http/query_image.h"
#include "http/search_description.h"
#include "http/search_fusion.h"
#include "http/search_request.h"
#include "http/search_taste.h"
#include "http/search_trial.h"
#include "search/search_engine.h"
#include "search/shared_photo.h"

namespace fit::http {
namespace {

// The handlers of /search_by_image and /api/v1/search.
class SearchRoutes {
 public:
  SearchRoutes(SearchRouteDeps deps, SnapshotSource snapshot_of)
      : deps_(std::move(deps)), snapshot_of_(std::move(snapshot_of)) {}

  Result<Response> search_by_image(const Request& request, const TenantSnapshot& tenant) {
    const Stopwatch watch;
    const std::string_view content_type = request.headers.get("content-type");
    if (media_type(content_type) != "application/json") return wrong_media(content_type, "application/json");
    FIT_TRY(SearchRequest wanted, parse_search_json(request.body, SearchForm::kPhoto, deps_.max_image_bytes));
    return search(request, tenant, std::move(wanted), watch);
  }

  Result<Response> search_by_anything(const Request& request) {
    const Stopwatch watch;
    FIT_TRY(SearchRequest wanted, parse_search_body(request, SearchForm::kAny, deps_.max_image_bytes));
    if (!wanted.tenants.empty()) return search_tenants(request, std::move(wanted), watch);
    FIT_TRY(const TenantSnapshot tenant, snapshot_of_(request.principal));
    return search(request, tenant, std::move(wanted), watch);
  }

 private:
  // Searches several tenants on the fetch pool, because the search waits for them.
  Result<Response> search_tenants(const Request& request, SearchRequest parsed,
                                  const Stopwatch& watch) const {
    FIT_CHECK(narrow(parsed, request.principal));
    const auto wanted = std::make_shared<SearchRequest>(std::move(parsed));
    return continue_on(RunOn::kFetch, [this, wanted, watch](const Request& same) -> Result<Response> {
      if (!wanted->image_url.empty()) {
        FIT_TRY(wanted->query.image, fetch_image(wanted->image_url, same.stop));
      }
      FIT_TRY(Response response, deps_.federated->answer(same, wanted, watch));
      note_search(*wanted, same.principal);
      return response;
    });
  }

  Result<Bytes> fetch_image(const std::string& url, const std::stop_token& stop) const {
    return fetch_query_image(
        deps_.http, url, {.time_limit = deps_.fetch_time_limit, .max_bytes = deps_.max_image_bytes}, stop);
  }

  // Adds the search to the history of its user; further pages of results are the same search.
  void note_search(const SearchRequest& wanted, const Principal& caller) const {
    if (deps_.history == nullptr || !caller.keeps_history || !wanted.query.paged ||
        !wanted.query.cursor.empty())
      return;
    deps_.history->record(
        {.user_id = caller.user_id, .tenant = caller.tenant, .query = describe_search(wanted)});
  }

  // Searches at once, or after fetching the image by URL on the fetch pool.
  Result<Response> search(const Request& request, const TenantSnapshot& tenant, SearchRequest parsed,
                          const Stopwatch& watch) const {
    FIT_CHECK(narrow(parsed, tenant, request.principal));
    if (parsed.image_url.empty()) return answer(request, tenant, parsed, watch);
    const auto wanted = std::make_shared<SearchRequest>(std::move(parsed));
    return continue_on(RunOn::kFetch, [this, tenant, wanted, watch](const Request& same) -> Result<Response> {
      FIT_TRY(wanted->query.image, fetch_image(wanted->image_url, same.stop));
      return continue_on(RunOn::kSearch, [this, tenant, wanted, watch](const Request& again) {
        return answer(again, tenant, *wanted, watch);
      });
    });
  }

  static Result<search::SearchResults> search_as_always(const Request& request, const TenantSnapshot& tenant,
                                                        SearchRequest& wanted, SearchFusion& fusion) {
    FIT_CHECK(personalise(request, tenant, tenant.engine, wanted.query));
    FIT_TRY(fusion, choose_fusion(request, tenant, wanted));
    const Stopwatch watch;
    // The steps of a search with a part of the photo decode it once.
    if (!wanted.query.part.is_whole()) wanted.query.shared_photo = std::make_shared<search::SharedPhoto>();
    FIT_TRY(search::SearchResults found, tenant.engine.search(wanted.query));
    note_results(tenant, fusion, found);
    compare_in_shadow(request, tenant, wanted, found, watch.milliseconds());
    return found;
  }

  Result<Response> answer(const Request& request, const TenantSnapshot& tenant, SearchRequest& wanted,
                          const Stopwatch& watch) const {
    search::Query& query = wanted.query;
    FIT_TRY(auto trial, SearchTrial::begin(request, tenant, wanted));
    SearchFusion fusion;  // of a search that is none of an experiment
    std::optional<search::SearchResults> answered;
    if (trial) {
      FIT_TRY(answered, trial->search());
    }
    const bool is_of_trial = answered.has_value();
    if (!is_of_trial) {
      FIT_TRY(answered, search_as_always(request, tenant, wanted, fusion));
    }
    search::SearchResults found = *std::move(answered);
    note_search(wanted, request.principal);
    // The response of POST /search_by_image, which has no pages, has these members only.
    if (!query.paged) {
      for (search::Hit& one : found.hits) {
        one.relevance.reset();
        one.is_same_image = false;
      }
    }
    Json body = deps_.views.of_tenant(request.principal.tenant).search_results(found, watch.milliseconds());
    if (is_of_trial && query.explain) body["experiment"] = trial->json();
    if (query.explain && fusion.type) body["fusion"] = fusion_json(fusion);
    leave_out_fields(body["results"], request.principal);
    Response response = json_response(body);
    response.headers.emplace_back(
        "Server-Timing", fit::format("embed;dur={:.3f}, search;dur={:.3f}{}", found.embed_ms, found.search_ms,
                                     found.is_cached ? ", cache;desc=answer" : ""));
    return response;
  }

  const SearchRouteDeps deps_;
  const SnapshotSource snapshot_of_;
};

}  // namespace

void add_search_routes(Router& router, SearchRouteDeps deps) {
  const std::size_t max_body = deps.max_body_bytes;
  const auto routes = std::make_shared<SearchRoutes>(std::move(deps), router.snapshot_source());
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
              .max_body_bytes = max_body,
              .handler = [routes](const Request& request) { return routes->search_by_anything(request); }});
}

}  // namespace fit::http
