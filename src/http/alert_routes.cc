#include <algorithm>
#include <functional>
#include <memory>
#include <unordered_map>

#include "accounts/accounts.h"
#include "accounts/key_secret.h"
#include "alerts/alert_service.h"
#include "alerts/compiled_search.h"
#include "alerts/digest.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/alert_link.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/json_body.h"
#include "http/kept_query.h"
#include "http/parameter_values.h"
#include "http/query_image.h"
#include "http/saved_search_json.h"
#include "http/search_request.h"
#include "search/search_engine.h"
#include "store/catalogue.h"

namespace fit::http {
namespace {

constexpr std::size_t kAlertsAtOnce = 50;
constexpr std::size_t kMaxAlertsAtOnce = 100;
constexpr std::size_t kFeedEntries = 50;
constexpr int kPhotoSide = 640;  // a stored photo is embedded again only for another model

using alerts::SavedSearch;
using alerts::SavedSearchId;

// A saved search as the body of a request describes it.
struct SavedSearchOrder {
  alerts::AlertOptions options;
  bool has_channels = false;
  std::optional<std::string> email;
  Json request;  // the query without its photo
  SearchRequest search;
};

Result<void> read_query(Json& body, SavedSearchOrder& order, std::size_t max_image_bytes) {
  FIT_TRY(KeptQuery kept, take_kept_query(body, max_image_bytes));
  order.search = std::move(kept.search);
  order.request = std::move(kept.request);
  return {};
}

Result<void> reject_rest(const Json& body) {
  if (body.empty()) return {};
  return invalid(body.items().begin().key(), "is not a known field");
}

Result<SavedSearchId> saved_search_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return SavedSearchId{id};
}

Error no_saved_search() {
  return not_found("there is no such saved search");
}

// Whether a caller is nobody in particular, also by a search token that names no user: such callers do not
// see one another's saved searches. Whoever reaches an open server sees all.
bool is_nobody(const Principal& caller) {
  return caller.is_anonymous() || caller.id.ends_with('/');
}

// Whose confirmation of an address counts. What a caller who is nobody in particular gives is confirmed each
// time.
std::string owner_of_address(const Principal& caller) {
  return is_nobody(caller) ? caller.id + " " + accounts::make_random_token() : caller.id;
}

bool wants_mail(const alerts::AlertOptions& options) {
  return std::ranges::contains(options.channels, alerts::Channel{});
}

bool is_shown(const domain::ItemRecord& item) {
  return item.listing.status == "active" || item.listing.status == "reserved";
}

// The handlers of /api/v1/saved-searches.
class SavedSearchRoutes {
 public:
  SavedSearchRoutes(SavedSearchRouteDeps deps, SnapshotSource snapshot_of)
      : deps_(std::move(deps)), snapshot_of_(std::move(snapshot_of)) {}

  Result<Response> list(const Request& request, const TenantSnapshot& tenant) const {
    std::vector<SavedSearch> searches;
    alerts::AlertService& service = *tenant.alerts;
    if (!is_nobody(request.principal)) {
      FIT_TRY(searches, service.searches().list(request.principal.id));
    }
    Json listed = Json::array();
    for (const SavedSearch& one : searches) {
      FIT_TRY(Json view, view_of(service, one));
      listed.push_back(std::move(view));
    }
    return json_response({{"saved_searches", std::move(listed)}});
  }

  Result<Response> create(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(SavedSearchOrder parsed, order_of(request));
    FIT_CHECK(narrow(parsed.search, tenant, request.principal));
    if (request.principal.excluded_fields && !request.principal.excluded_fields->empty()) {
      return Error{ErrorCode::kForbidden, "a key that hides fields of items cannot save searches", {}, {}};
    }
    const auto order = std::make_shared<SavedSearchOrder>(std::move(parsed));
    if (order->search.image_url.empty()) return save(request, tenant, *order);
    return continue_on(RunOn::kFetch, [this, tenant, order](const Request& same) -> Result<Response> {
      auto image = fetch_query_image(
          deps_.http, order->search.image_url,
          {.time_limit = deps_.fetch_time_limit, .max_bytes = deps_.max_image_bytes}, same.stop);
      if (!image) return in_query(image.error());
      order->search.query.image = *std::move(image);
      return continue_on(RunOn::kWrite,
                         [this, tenant, order](const Request& again) { return save(again, tenant, *order); });
    });
  }

  Result<Response> get(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const SavedSearch search, own(request, tenant));
    FIT_TRY(const Json view, view_of(*tenant.alerts, search));
    return json_response(view);
  }

  Result<Response> change(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(Json body, json_body(request));
    FIT_TRY(const SavedSearch search, own(request, tenant));
    alerts::SavedSearches::Change change{.options = search.options, .is_active = search.is_active};
    FIT_CHECK(
        (alerts::OptionsReader{.options = change.options, .may_post = request.principal.user_id != 0}.read(
            body)));
    if (const auto active = body.find("is_active"); active != body.end()) {
      if (!active->is_boolean()) return invalid("is_active", "must be true or false");
      change.is_active = active->get<bool>();
      body.erase("is_active");
    }
    FIT_CHECK(reject_rest(body));
    const bool adds_mail = wants_mail(change.options) && !wants_mail(search.options);
    if (adds_mail && !tenant.alerts->deliverer().has_mail()) return mail_is_impossible();
    FIT_TRY(const alerts::Recipient recipient, tenant.alerts->recipients().get(search.recipient));
    if (adds_mail && recipient.email.empty()) {
      return invalid("channels", "has email, and the search was saved without an address");
    }
    const bool is_other = change.options.min_relevance != search.options.min_relevance ||
                          change.options.max_price != search.options.max_price ||
                          change.options.exclude_words != search.options.exclude_words;
    if (is_other) {
      search::Query query = search.query;
      if (search.has_photo) {
        FIT_TRY(query.image, tenant.alerts->searches().photo(search.id));
      }
      FIT_TRY(change.compiled, compiled(tenant, query, change.options));
      change.compiled_for = alerts::compilation_key(tenant.engine.space().id);
    }
    FIT_TRY(const SavedSearch changed, tenant.alerts->searches().change(search.id, change));
    if (adds_mail) FIT_CHECK(ask_to_confirm(*tenant.alerts, recipient));
    FIT_TRY(const Json view, view_of(*tenant.alerts, changed));
    return json_response(view);
  }

  Result<Response> remove(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const SavedSearch search, own(request, tenant));
    FIT_CHECK(tenant.alerts->searches().remove(search.id));
    return no_content();
  }

  Result<Response> list_alerts(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const SavedSearch search, own(request, tenant));
    std::size_t limit = kAlertsAtOnce;
    std::int64_t before = 0;
    if (const auto text = query_parameter(request.query, "limit")) {
      FIT_TRY(limit, parse_limit(*text, kMaxAlertsAtOnce));
    }
    if (const auto text = query_parameter(request.query, "cursor")) {
      FIT_TRY(before, parse_id("cursor", *text));
    }
    FIT_TRY(auto found, tenant.alerts->alerts().list(search.id, before, limit + 1));
    const bool has_more = found.size() > limit;
    if (has_more) found.pop_back();
    FIT_TRY(auto items, items_of(tenant, found));
    const search::ResultViews views = deps_.views.of_tenant(request.principal.tenant);
    Json listed = Json::array();
    for (const alerts::Alert& one : found) {
      const auto item = items.find(one.item);
      Json view;
      if (item != items.end() && is_visible(tenant, item->second.listing, request.principal)) {
        view = views.item(item->second);
        leave_out_fields(view, request.principal);
      }
      listed.push_back(alert_json(one, std::move(view)));
    }
    Json body{{"alerts", std::move(listed)}, {"next_cursor", nullptr}};
    if (has_more) body["next_cursor"] = found.back().id.str();
    return json_response(body);
  }

  Result<Response> photo(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const SavedSearch search, own(request, tenant));
    FIT_TRY(const Bytes photo, tenant.alerts->searches().photo(search.id));
    if (photo.empty()) return not_found("the saved search has no photo");
    Response response;
    response.content_type = "image/jpeg";
    response.body = as_text(photo);
    response.headers.emplace_back("Cache-Control", "private, max-age=86400");
    return response;
  }

  // For feed readers: the token tells the tenant, and stands for whoever has saved the search.
  Result<Response> feed(const Request& request) const {
    FIT_TRY(const SavedSearchId id, saved_search_id(request));
    const auto token = query_parameter(request.query, "token");
    if (!token) return invalid("token", "is missing");
    FIT_TRY(const notify::SignedLink link, notify::parse_token(*token));
    FIT_TRY(const TenantSnapshot tenant, snapshot_of_link(snapshot_of_, request, link));
    FIT_TRY(const alerts::AlertLinks links, tenant.alerts->deliverer().links());
    FIT_CHECK(notify::check_token(*token, links.key(), notify::LinkAction::kFeed, notify::LinkAction::kFeed,
                                  now()));
    if (link.id != id.value) return no_saved_search();
    FIT_TRY(const SavedSearch search, tenant.alerts->searches().get(id));
    FIT_TRY(const bool may_receive, tenant.alerts->may_receive(search));
    if (!may_receive) return no_saved_search();
    FIT_TRY(const auto found, tenant.alerts->alerts().list(id, 0, kFeedEntries));
    FIT_TRY(auto items, items_of(tenant, found));
    std::vector<alerts::Find> finds;
    for (const alerts::Alert& one : found) {
      const auto item = items.find(one.item);
      if (item == items.end() || !is_shown(item->second) ||
          !tenant.engine.may_show(item->second.listing, search.query.required)) {
        continue;
      }
      finds.push_back({.alert = one, .item = item->second, .search = id, .search_name = search.options.name});
    }
    Response response;
    response.content_type = "application/atom+xml; charset=utf-8";
    response.body = alerts::atom_feed(search, finds, links);
    response.headers.emplace_back("Cache-Control", "private, max-age=60");
    return response;
  }

 private:
  Result<SavedSearchOrder> order_of(const Request& request) const {
    FIT_TRY(Json body, json_body(request));
    SavedSearchOrder order{.options = {}, .email = {}, .request = {}, .search = {}};
    FIT_CHECK(read_query(body, order, deps_.max_image_bytes));
    order.has_channels = body.contains("channels") && !body["channels"].is_null();
    if (!body.contains("name")) return invalid("name", "is missing");
    FIT_CHECK(
        (alerts::OptionsReader{.options = order.options, .may_post = request.principal.user_id != 0}.read(
            body)));
    if (const auto email = body.find("email"); email != body.end()) {
      if (!email->is_null()) {
        if (!email->is_string()) return invalid("email", "must be a text");
        FIT_TRY(order.email, accounts::parse_email("email", email->get<std::string>()));
      }
      body.erase("email");
    }
    FIT_CHECK(reject_rest(body));
    return order;
  }

  // Whom the caller's alerts go to.
  Result<alerts::Recipient> recipient_of(const Request& request, const TenantSnapshot& tenant,
                                         const SavedSearchOrder& order) const {
    alerts::Recipients& recipients = tenant.alerts->recipients();
    const Principal& caller = request.principal;
    if (caller.user_id != 0) {
      if (order.email)
        return invalid("email", "is for callers without an account; alerts go to the user's address");
      FIT_TRY(const accounts::User user, deps_.accounts.users().get(caller.user_id));
      return recipients.of_user(user.id, user.email);
    }
    if (order.email) return recipients.of_address(*order.email, owner_of_address(caller));
    if (order.options.channels.empty() && !is_nobody(caller)) return recipients.of_principal(caller.id);
    return invalid("email", "is missing: callers without an account say where alerts go");
  }

  Result<alerts::StoredCompilation> compiled(const TenantSnapshot& tenant, const search::Query& query,
                                             const alerts::AlertOptions& options) const {
    const search::Query asked = alerts::asked_query(query, options);
    const auto resolved = tenant.engine.resolve(asked);
    if (!resolved) return in_query(resolved.error());
    return alerts::store_compiled(alerts::compile(*resolved, asked, options));
  }

  Result<Response> save(const Request& request, const TenantSnapshot& tenant, SavedSearchOrder& order) const {
    alerts::AlertService& service = *tenant.alerts;
    if (wants_mail(order.options) && !service.deliverer().has_mail()) {
      if (order.has_channels) return mail_is_impossible();
      order.options.channels.clear();
    }
    search::Query& query = order.search.query;
    FIT_TRY(alerts::StoredCompilation compilation, compiled(tenant, query, order.options));
    Bytes photo;
    if (!query.image.empty()) {
      FIT_TRY(const media::Image image,
              media::decode("query." + query.image_field, query.image, kPhotoSide, deps_.image_limits));
      FIT_TRY(photo, media::encode_jpeg(image, kPhotoSide));
    }
    FIT_TRY(const alerts::Recipient recipient, recipient_of(request, tenant, order));
    FIT_TRY(const SavedSearch saved,
            service.searches().create({.recipient = recipient.id,
                                       .created_by = request.principal.id,
                                       .options = order.options,
                                       .request = order.request,
                                       .query = query,
                                       .photo = photo,
                                       .compiled = std::move(compilation),
                                       .compiled_for = alerts::compilation_key(tenant.engine.space().id)}));
    if (wants_mail(saved.options)) FIT_CHECK(ask_to_confirm(service, recipient));
    FIT_TRY(const Json view, view_of(service, saved));
    Response response = json_response(view, 201);
    response.headers.emplace_back("Location", "/api/v1/saved-searches/" + saved.id.str());
    return response;
  }

  static Error mail_is_impossible() {
    return invalid("channels", "has email, and this server sends no mail: SMTP_URL is not set");
  }

  // Sends the message that confirms an address, unless it is confirmed or its owner has paused it.
  static Result<void> ask_to_confirm(alerts::AlertService& service, const alerts::Recipient& recipient) {
    if (recipient.takes_mail() || !recipient.pause_reason.empty()) return {};
    auto asked = service.deliverer().ask_to_confirm(recipient);
    // Enough messages are on their way already.
    if (!asked && asked.error().code == ErrorCode::kConflict) return {};
    return asked;
  }

  // A search of the caller's own; those of others do not exist.
  static Result<SavedSearch> own(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const SavedSearchId id, saved_search_id(request));
    FIT_TRY(SavedSearch search, tenant.alerts->searches().get(id));
    const Principal& caller = request.principal;
    if (is_nobody(caller) || search.created_by != caller.id) return no_saved_search();
    return search;
  }

  static Result<Json> view_of(alerts::AlertService& service, const SavedSearch& search) {
    FIT_TRY(const alerts::Recipient recipient, service.recipients().get(search.recipient));
    FIT_TRY(const auto found, service.alerts().summaries(std::span(&search.id, 1)));
    FIT_TRY(const alerts::AlertLinks links, service.deliverer().links());
    return saved_search_json(search, {.recipient = recipient, .found = found.at(search.id), .links = links});
  }

  static Result<std::unordered_map<ItemId, domain::ItemRecord>> items_of(
      const TenantSnapshot& tenant, const std::vector<alerts::Alert>& found) {
    std::vector<ItemId> ids;
    for (const alerts::Alert& one : found) ids.push_back(one.item);
    FIT_TRY(auto records, tenant.catalog.writer().database().items().get(ids));
    std::unordered_map<ItemId, domain::ItemRecord> items;
    for (domain::ItemRecord& record : records) items.emplace(record.id, std::move(record));
    return items;
  }

  const SavedSearchRouteDeps deps_;
  const SnapshotSource snapshot_of_;
};

}  // namespace

void add_saved_search_routes(Router& router, SavedSearchRouteDeps deps) {
  const std::size_t max_body = deps.max_body_bytes;
  const auto routes = std::make_shared<const SavedSearchRoutes>(std::move(deps), router.snapshot_source());
  using Parameters = std::vector<std::string_view>;
  const auto add = [&](Method method, const char* pattern, auto handler, Parameters parameters = {}) {
    const bool reads = method == Method::kGet;
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kSearch,
                .run_on = reads ? RunOn::kSearch : RunOn::kWrite,
                .route_class = reads ? RouteClass::kNone : RouteClass::kWrite,
                .max_body_bytes = method == Method::kPost    ? max_body
                                  : method == Method::kPatch ? kMediumBodyBytes
                                                             : 0,
                .query_parameters = std::move(parameters),
                .audited = Audited::kNever},  // what somebody looks for is nobody else's business
               [routes, handler](const Request& request, const TenantSnapshot& tenant) {
                 return std::invoke(handler, *routes, request, tenant);
               });
  };
  add(Method::kGet, "/api/v1/saved-searches", &SavedSearchRoutes::list);
  add(Method::kPost, "/api/v1/saved-searches", &SavedSearchRoutes::create);
  add(Method::kGet, "/api/v1/saved-searches/{id}", &SavedSearchRoutes::get);
  add(Method::kPatch, "/api/v1/saved-searches/{id}", &SavedSearchRoutes::change);
  add(Method::kDelete, "/api/v1/saved-searches/{id}", &SavedSearchRoutes::remove);
  add(Method::kGet, "/api/v1/saved-searches/{id}/alerts", &SavedSearchRoutes::list_alerts,
      {"limit", "cursor"});
  add(Method::kGet, "/api/v1/saved-searches/{id}/photo", &SavedSearchRoutes::photo);
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/saved-searches/{id}/feed.xml",
              .required_scope = kPublic,
              .route_class = RouteClass::kSearch,
              .query_parameters = {{"token"}},
              .handler = [routes](const Request& request) { return routes->feed(request); }});
}

}  // namespace fit::http
