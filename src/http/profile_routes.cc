#include <algorithm>
#include <functional>
#include <memory>

#include "accounts/account_json.h"
#include "accounts/history_writer.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/account_authenticator.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/favourite_json.h"
#include "http/feedback_json.h"
#include "http/garment_json.h"
#include "http/json_body.h"
#include "http/parameter_values.h"
#include "http/problem.h"
#include "http/saved_outfit_json.h"
#include "http/session_cookie.h"
#include "http/sign_in_session.h"
#include "ingest/labels/label_service.h"
#include "links/short_links.h"
#include "store/catalogue.h"
#include "style/experiments/experiment_service.h"
#include "style/fusion/adaptive_fusion.h"
#include "style/personal/personal_tastes.h"
#include "style/saved/saved_outfit_store.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit::http {
namespace {

constexpr std::size_t kDefaultSearches = 50;
constexpr std::size_t kMaxSearches = 500;
constexpr std::size_t kMaxExportedEntries = 10'000;  // of the audit log
constexpr std::chrono::minutes kFreshSignIn{10};

using accounts::Scope;
using accounts::SignIn;

Json history_json(const accounts::HistoryEntry& entry) {
  return {{"id", std::to_string(entry.id)},
          {"at", to_rfc3339(entry.at)},
          {"tenant", entry.tenant},
          {"query", Json::parse(entry.query)}};
}

Json identity_json(const accounts::Identity& identity) {
  return {{"issuer", identity.issuer},
          {"subject", identity.subject},
          {"email", identity.email},
          {"created_at", to_rfc3339(identity.created_at)},
          {"last_used_at", to_rfc3339(identity.last_used_at)}};
}

// A list of the JSON of each element.
template <class T, class ToJson>
Json list_of(const std::vector<T>& values, const ToJson& to_json) {
  Json list = Json::array();
  for (const T& value : values) list.push_back(to_json(value));
  return list;
}

Result<std::vector<Json>> feedback_of_user(const TenantSnapshot& tenant, const Principal& entered) {
  std::vector<Json> found;
  if (tenant.tastes == nullptr) return found;
  FIT_TRY(const auto history, tenant.tastes->feedback().history(style::Person::user(entered.user_id)));
  for (const style::Feedback& one : history) found.push_back(feedback_json(one));
  return found;
}

Result<std::vector<Json>> wardrobe_of_user(const TenantSnapshot& tenant, const Principal& entered) {
  std::vector<Json> found;
  if (tenant.labels == nullptr) return found;
  style::WardrobeStore store(tenant.catalog.writer().database().database(), tenant.labels->ontology());
  FIT_TRY(const auto garments, store.all(entered.user_id));
  for (const style::Garment& one : garments) {
    found.push_back(garment_json(one, entered.tenant, GarmentMembers::kAll));
  }
  return found;
}

Result<std::vector<Json>> outfits_of_user(const TenantSnapshot& tenant, const Principal& entered) {
  if (tenant.labels == nullptr) return std::vector<Json>();
  style::SavedOutfitStore store(tenant.catalog.writer().database().database());
  FIT_TRY(const auto outfits, store.all(entered.user_id));
  Principal reader = entered;
  reader.scopes = {};  // they are those of another tenant
  return saved_outfits_json(tenant, reader, outfits);
}

Result<std::vector<Json>> experiments_of_user(const TenantSnapshot& tenant, const Principal& entered) {
  std::vector<Json> found;
  if (tenant.experiments == nullptr) return found;
  FIT_TRY(const auto counts, tenant.experiments->records().of_person(style::Person::user(entered.user_id)));
  for (const style::PersonCounts& one : counts) {
    found.push_back({{"experiment_id", one.experiment.str()},
                     {"variant", one.variant},
                     {"searches", one.searches},
                     {"searches_with_click", one.clicked},
                     {"clicks", one.clicks},
                     {"saves", one.saves},
                     {"buys", one.buys}});
  }
  return found;
}

Result<std::vector<Json>> weights_of_user(const TenantSnapshot& tenant, const Principal& entered) {
  return style::AdaptiveFusion::of_person(tenant.catalog.writer().database().database(),
                                          style::Person::user(entered.user_id));
}

Result<std::vector<Json>> links_of_user(const TenantSnapshot& tenant, const Principal& entered) {
  FIT_TRY(const auto found, links::ShortLinks(tenant.catalog.writer().database().database())
                                .list(style::Person::user(entered.user_id).str()));
  std::vector<Json> views;
  for (const links::ShortLink& one : found) {
    FIT_TRY(Json query, parse_json("query", one.query));
    views.push_back({{"code", one.code},
                     {"query", std::move(query)},
                     {"has_photo", one.has_photo},
                     {"created_at", to_rfc3339(one.created_at)},
                     {"expires_at", to_rfc3339(one.expires_at)}});
  }
  return views;
}

// The handlers of a user's own profile.
class ProfileRoutes {
 public:
  ProfileRoutes(const ProfileRouteDeps& deps, SnapshotSource snapshot_of)
      : accounts_(deps.accounts),
        sign_in_(deps.sign_in),
        authenticator_(deps.authenticator),
        history_(deps.history),
        snapshot_of_(std::move(snapshot_of)) {}

  Result<Response> change(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    accounts::UserChange change;
    if (reader.find("name") != nullptr) change.name = reader.optional_text("name");
    if (reader.find("keeps_history") != nullptr) change.keeps_history = reader.flag("keeps_history");
    FIT_CHECK(reader.finish());
    FIT_TRY(const accounts::User user, accounts_.users().change(request.principal.user_id, change));
    authenticator_.forget();
    return json_response(accounts::user_json(user));
  }

  Result<Response> list_history(const Request& request) const {
    std::int64_t before = 0;
    std::size_t limit = kDefaultSearches;
    for (const auto& [name, value] : query_parameters(request.query)) {
      if (name == "before") {
        FIT_TRY(before, parse_id("before", value));
      } else {
        FIT_TRY(limit, parse_limit(value, kMaxSearches));
      }
    }
    FIT_TRY(const auto entries, accounts_.history().list(request.principal.user_id, before, limit));
    Json body{{"entries", list_of(entries, history_json)}};
    if (entries.size() == limit) body["next_before"] = std::to_string(entries.back().id);
    return json_response(body);
  }

  Result<Response> clear_history(const Request& request) const {
    FIT_CHECK(history_.clear(request.principal.user_id));
    return no_content();
  }

  Result<Response> export_all(const Request& request) const {
    const std::int64_t id = request.principal.user_id;
    const std::string principal = "user:" + std::to_string(id);
    FIT_TRY(const accounts::User user, accounts_.users().get(id));
    FIT_TRY(const auto identities, accounts_.identities().list(id));
    FIT_TRY(const auto sessions, accounts_.sessions().list(id));
    FIT_TRY(auto keys, accounts_.keys().list());
    std::erase_if(keys, [&principal](const accounts::ApiKey& key) { return key.created_by != principal; });
    FIT_TRY(const auto lists, accounts_.favourites().list(id));
    FIT_TRY(const auto history, accounts_.history().list(id, 0, accounts::SearchHistory::kMaxEntries));
    FIT_TRY(Json feedback, of_all_tenants(request.principal, feedback_of_user));
    FIT_TRY(Json experiments, of_all_tenants(request.principal, experiments_of_user));
    FIT_TRY(Json wardrobe, of_all_tenants(request.principal, wardrobe_of_user));
    FIT_TRY(Json outfits, of_all_tenants(request.principal, outfits_of_user));
    FIT_TRY(Json weights, of_all_tenants(request.principal, weights_of_user));
    FIT_TRY(Json short_links, of_all_tenants(request.principal, links_of_user));
    accounts::AuditQuery own;
    own.principal = principal;
    own.limit = kMaxExportedEntries;
    FIT_TRY(const auto entries, accounts_.audit().list(own));
    const auto session = [&](const accounts::Session& one) {
      return accounts::session_json(one, request.principal.session_id);
    };
    Response response = json_response({{"profile", accounts::user_json(user)},
                                       {"identities", list_of(identities, identity_json)},
                                       {"sessions", list_of(sessions, session)},
                                       {"keys", list_of(keys, accounts::key_json)},
                                       {"favourites", list_of(lists, favourite_list_json)},
                                       {"history", list_of(history, history_json)},
                                       {"feedback", std::move(feedback)},
                                       {"experiments", std::move(experiments)},
                                       {"wardrobe", std::move(wardrobe)},
                                       {"outfits", std::move(outfits)},
                                       {"search_weights", std::move(weights)},
                                       {"short_links", std::move(short_links)},
                                       {"audit", list_of(entries, audit_json)}});
    response.headers.emplace_back("Content-Disposition",
                                  "attachment; filename=\"find-this-fit-account.json\"");
    return response;
  }

  Result<Response> remove(const Request& request) const {
    const Principal& caller = request.principal;
    std::optional<std::string> password;
    if (!request.body.empty()) {
      FIT_TRY(const Json body, json_body(request));
      JsonReader reader(body);
      if (reader.find("password") != nullptr) password = reader.optional_text("password");
      FIT_CHECK(reader.finish());
    }
    if (password) {
      FIT_TRY(const auto outcome, sign_in_.check(caller.user_id, *password, client_of(request)));
      if (outcome.answer == SignIn::Answer::kTooMany) return too_many_attempts(outcome.retry_after, request);
      if (outcome.answer != SignIn::Answer::kWelcome) return invalid("password", "is not your password");
    } else {
      FIT_TRY(const bool is_fresh, has_fresh_sign_in(caller));
      if (!is_fresh) return missing_proof(request);
    }
    FIT_CHECK(accounts_.users().remove(caller.user_id));
    authenticator_.forget();
    Response response = no_content();
    response.headers.emplace_back("Set-Cookie", expired_session_cookie(request));
    return response;
  }

 private:
  // What a user has in all tenants that the user may enter, with the name of the tenant.
  using OfUser = Result<std::vector<Json>> (*)(const TenantSnapshot& tenant, const Principal& entered);
  Result<Json> of_all_tenants(const Principal& caller, OfUser read) const {
    Json all = Json::array();
    if (!snapshot_of_ || !caller.roles) return all;
    for (const auto& [name, role] : *caller.roles) {
      Principal entered = caller;
      entered.tenant = name;
      const auto tenant = snapshot_of_(entered);
      if (!tenant && tenant.error().code == ErrorCode::kNotFound) continue;  // it is being removed
      if (!tenant) return tenant.error();
      FIT_TRY(auto found, read(*tenant, entered));
      for (Json& json : found) {
        json["tenant"] = name;
        all.push_back(std::move(json));
      }
    }
    return all;
  }

  // Whether the caller is linked to the sign-in provider and has signed in a moment ago.
  Result<bool> has_fresh_sign_in(const Principal& caller) const {
    FIT_TRY(const auto identities, accounts_.identities().list(caller.user_id));
    if (identities.empty()) return false;
    FIT_TRY(const auto sessions, accounts_.sessions().list(caller.user_id));
    return std::ranges::any_of(sessions, [&caller](const accounts::Session& session) {
      return session.id == caller.session_id && now() < session.created_at + kFreshSignIn;
    });
  }

  static Response missing_proof(const Request& request) {
    return problem(
        403, "sign_in_again",
        "send your password, or sign in again at the sign-in provider and repeat this within 10 minutes",
        request);
  }

  accounts::Accounts& accounts_;
  SignIn& sign_in_;
  AccountAuthenticator& authenticator_;
  accounts::HistoryWriter& history_;
  const SnapshotSource snapshot_of_;
};

}  // namespace

void add_profile_routes(Router& router, const ProfileRouteDeps& deps) {
  const auto routes = std::make_shared<const ProfileRoutes>(deps, router.snapshot_source());
  const auto add = [&](Route route, auto handler) {
    route.handler = [routes, handler](const Request& request) {
      return std::invoke(handler, *routes, request);
    };
    router.add(std::move(route));
  };
  add({.method = Method::kPatch,
       .pattern = "/api/v1/auth/me",
       .required_scope = Scope::kAccount,
       .run_on = RunOn::kWrite,
       .route_class = RouteClass::kWrite,
       .max_body_bytes = kSmallBodyBytes},
      &ProfileRoutes::change);
  add({.method = Method::kDelete,
       .pattern = "/api/v1/auth/me",
       .required_scope = Scope::kAccount,
       .run_on = RunOn::kSignIn,
       .route_class = RouteClass::kSignIn,
       .max_body_bytes = kSmallBodyBytes},
      &ProfileRoutes::remove);
  add({.method = Method::kGet,
       .pattern = "/api/v1/auth/me/export",
       .required_scope = Scope::kAccount,
       .route_class = RouteClass::kWrite,
       .audited = Audited::kAlways},
      &ProfileRoutes::export_all);
  add({.method = Method::kGet,
       .pattern = "/api/v1/auth/me/history",
       .required_scope = Scope::kAccount,
       .route_class = RouteClass::kNone,
       .query_parameters = std::vector<std::string_view>{"before", "limit"}},
      &ProfileRoutes::list_history);
  add({.method = Method::kDelete,
       .pattern = "/api/v1/auth/me/history",
       .required_scope = Scope::kAccount,
       .run_on = RunOn::kWrite,
       .route_class = RouteClass::kWrite},
      &ProfileRoutes::clear_history);
}

}  // namespace fit::http
