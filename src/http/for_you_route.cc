#include <charconv>
#include <memory>
#include <utility>

#include "http/api.h"
#include "http/caller_view.h"
#include "http/parameter_values.h"
#include "http/request_person.h"
#include "search/filter.h"
#include "style/personal/for_you.h"

namespace fit::http {
namespace {

constexpr std::int64_t kMaxSeed = 9'007'199'254'740'991;  // which every JSON reader knows exactly

// What the parameters of a request ask for.
struct ForYouOrder {
  SearchRequest search;  // the filters and the limit
  std::int64_t seed = 0;
};

Result<std::int64_t> parse_seed(std::string_view text) {
  std::int64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc{} || end != text.data() + text.size() || seed < 0 || seed > kMaxSeed) {
    return invalid("seed", "must be a whole number from 0 to " + std::to_string(kMaxSeed));
  }
  return seed;
}

Result<ForYouOrder> parse_order(std::string_view url_query) {
  ForYouOrder order;
  order.search.query.browse = true;
  for (const auto& [name, value] : query_parameters(url_query)) {
    if (name == "seed") {
      FIT_TRY(order.seed, parse_seed(value));
    } else if (name == "limit") {
      FIT_TRY(order.search.query.limit, parse_limit(value, search::kMaxLimit));
      order.search.has_limit = true;
    } else {
      FIT_TRY(const Json filters, parse_json("filters", value));
      if (!filters.is_object()) return invalid("filters", "must be an object");
      FIT_TRY(order.search.query.filter, search::parse_filter(filters));
    }
  }
  return order;
}

Json parts_json(const style::TasteScore& taste) {
  Json parts = Json::object();
  for (const style::TasteScore::Part& part : taste.parts) parts[part.name] = part.logit;
  return parts;
}

// Answers GET /api/v1/for-you.
Result<Response> pick_items(const search::ResultViews& views, const Request& request,
                            const TenantSnapshot& tenant) {
  FIT_TRY(ForYouOrder order, parse_order(request.query));
  FIT_CHECK(check_may_have_taste(request.principal, ""));
  FIT_CHECK(narrow(order.search, tenant, request.principal));
  FIT_TRY(const auto person, find_person(request));
  std::shared_ptr<const style::KnownTaste> known;
  if (person) {
    FIT_TRY(known, tenant.tastes->find(*person, tenant.engine.space()));
  }
  FIT_TRY(const auto found, style::pick_for_you(tenant.engine, tenant.tastes->store(), known.get(),
                                                {.limit = order.search.query.limit,
                                                 .seed = static_cast<std::uint64_t>(order.seed),
                                                 .filter = std::move(order.search.query.filter),
                                                 .required = std::move(order.search.query.required),
                                                 .stop = request.stop}));
  const search::ResultViews own = views.of_tenant(request.principal.tenant);
  Json picks = Json::array();
  for (const style::ForYouPick& one : found.picks) {
    picks.push_back({{"item", own.item(one.item)},
                     {"score", one.taste.score},
                     {"parts", parts_json(one.taste)},
                     {"is_exploration", one.is_exploration}});
  }
  return json_response({{"picks", std::move(picks)}, {"is_personal", found.is_personal}});
}

}  // namespace

void add_for_you_route(Router& router, search::ResultViews views) {
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/for-you",
              .required_scope = accounts::Scope::kSearch,
              .route_class = RouteClass::kSearch,
              .query_parameters = {{"limit", "seed", "filters"}}},
             [views = std::move(views)](const Request& request, const TenantSnapshot& tenant) {
               return pick_items(views, request, tenant);
             });
}

}  // namespace fit::http
