#include <algorithm>
#include <functional>
#include <memory>

#include "accounts/accounts.h"
#include "accounts/tenants.h"
#include "alerts/alert_service.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "http/alert_link.h"
#include "http/api.h"
#include "http/json_body.h"
#include "http/parameter_values.h"
#include "http/saved_search_json.h"
#include "net/url.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxEndpointBytes = 2'000;
constexpr std::size_t kMaxUnsubscribeBytes = 4 << 10;

// The address with the middle of its name hidden: "a***@x.example".
std::string hidden_address(const std::string& email) {
  const std::size_t at = email.find('@');
  if (at == std::string::npos || at == 0) return email;
  return email.substr(0, 1) + "***" + email.substr(at);
}

// A link of a message, checked, with the services of its tenant.
struct FollowedLink {
  TenantSnapshot tenant;
  notify::SignedLink link;
};

// The handlers of /api/v1/notifications.
class NotificationRoutes {
 public:
  NotificationRoutes(const NotificationRouteDeps& deps, SnapshotSource snapshot_of)
      : deps_(deps), snapshot_of_(std::move(snapshot_of)) {}

  Result<Response> settings(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const alerts::Recipient recipient, recipient_of(request, tenant));
    FIT_TRY(const auto browsers, tenant.alerts->recipients().browsers(recipient.id));
    FIT_TRY(const std::string key, tenant.alerts->deliverer().push_key());
    Json subscriptions = Json::array();
    for (const alerts::PushSubscription& one : browsers) subscriptions.push_back(push_subscription_json(one));
    FIT_TRY(const auto known, tenant.alerts->recipients().devices(recipient.id));
    Json devices = Json::array();
    for (const alerts::PushDevice& one : known) devices.push_back(push_device_json(one));
    const auto topic = tenant.alerts->deliverer().apns_topic();
    Response response = json_response({{"email", recipient.email},
                                       {"is_confirmed", recipient.confirmed_at.has_value()},
                                       {"is_paused", recipient.paused_at.has_value()},
                                       {"pause_reason", recipient.pause_reason},
                                       {"mail_possible", tenant.alerts->deliverer().has_mail()},
                                       {"vapid_public_key", key},
                                       {"push_subscriptions", std::move(subscriptions)},
                                       {"apns_topic", topic ? Json(*topic) : Json(nullptr)},
                                       {"devices", std::move(devices)},
                                       {"webhook_secret", recipient.webhook_secret}});
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  }

  Result<Response> send_confirmation(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const alerts::Recipient recipient, recipient_of(request, tenant));
    if (recipient.takes_mail())
      return Error{ErrorCode::kConflict, "the address is confirmed already", {}, {}};
    FIT_CHECK(tenant.alerts->deliverer().ask_to_confirm(recipient));
    Response response = no_content();
    response.status = 202;
    return response;
  }

  Result<Response> add_browser(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    notify::PushTarget target{.endpoint = reader.text("endpoint"), .keys = {}};
    reader.find("expirationTime");
    JsonReader keys = reader.object("keys");
    target.keys = {.p256dh = keys.text("p256dh"), .auth = keys.text("auth")};
    keys.reject_unknown_keys();
    FIT_CHECK(reader.finish());
    if (target.endpoint.size() > kMaxEndpointBytes || !net::parse_url(target.endpoint)) {
      return invalid("endpoint", "must be an https URL");
    }
    FIT_CHECK(notify::check_push_keys(target.keys));
    FIT_TRY(const alerts::Recipient recipient, recipient_of(request, tenant));
    FIT_TRY(const auto added, tenant.alerts->recipients().add_browser(recipient.id, target));
    return json_response(push_subscription_json(added), 201);
  }

  Result<Response> remove_browser(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
    FIT_TRY(const alerts::Recipient recipient, recipient_of(request, tenant));
    FIT_CHECK(tenant.alerts->recipients().remove_browser(recipient.id, id));
    return no_content();
  }

  Result<Response> add_device(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string token = reader.text("token");
    FIT_CHECK(reader.finish());
    FIT_CHECK(notify::check_device_token("token", token));
    if (!tenant.alerts->deliverer().apns_topic()) {
      return Error{ErrorCode::kConflict, "this server reaches no devices: APNS_KEY_FILE is not set", {}, {}};
    }
    FIT_TRY(const alerts::Recipient recipient, recipient_of(request, tenant));
    FIT_TRY(const auto added, tenant.alerts->recipients().add_device(recipient.id, to_lower(token)));
    return json_response(push_device_json(added), 201);
  }

  Result<Response> remove_device(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
    FIT_TRY(const alerts::Recipient recipient, recipient_of(request, tenant));
    FIT_CHECK(tenant.alerts->recipients().remove_device(recipient.id, id));
    return no_content();
  }

  Result<Response> test(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(Json body, json_body(request));
    const auto channel = body.find("channel");
    if (channel == body.end()) return invalid("channel", "is missing");
    Json as_option{{"channels", Json::array({*channel})}};
    body.erase("channel");
    if (!body.empty()) return invalid(body.items().begin().key(), "is not a known field");
    alerts::AlertOptions options;
    if (auto read = alerts::OptionsReader{.options = options, .may_post = true}.read(as_option); !read) {
      Error error = read.error();
      if (error.field.starts_with("channels[0]"))
        error.field.replace(0, std::string("channels[0]").size(), "channel");
      return error;
    }
    FIT_TRY(const alerts::Recipient recipient, recipient_of(request, tenant));
    auto sent = tenant.alerts->deliverer().test(recipient, options.channels.front(), request.stop);
    if (!sent && sent.error().code == ErrorCode::kNotFound) {
      Error error = sent.error();
      error.code = ErrorCode::kBadGateway;  // of the other side, not of this server
      return error;
    }
    FIT_CHECK(sent);
    return json_response({{"accepted", *sent}});
  }

  Result<Response> confirm(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string token = reader.text("token");
    FIT_CHECK(reader.finish());
    FIT_TRY(const FollowedLink followed,
            follow(request, token, notify::LinkAction::kConfirm, notify::LinkAction::kConfirm));
    FIT_TRY(const alerts::Recipient confirmed,
            followed.tenant.alerts->confirm(alerts::RecipientId{followed.link.id}));
    return json_response({{"email", confirmed.email}, {"is_confirmed", true}});
  }

  Result<Response> subscription(const Request& request) const {
    FIT_TRY(const FollowedLink followed, follow_unsubscribe(request));
    return view(followed);
  }

  Result<Response> unsubscribe(const Request& request) const {
    FIT_TRY(const FollowedLink followed, follow_unsubscribe(request));
    FIT_TRY(const bool is_all, parse_flag("all", query_parameter(request.query, "all").value_or("false")));
    alerts::AlertService& service = *followed.tenant.alerts;
    const bool ends_all = followed.link.action == notify::LinkAction::kEndAll || is_all;
    if (ends_all) {
      FIT_TRY(const alerts::RecipientId recipient, recipient_of_link(followed));
      FIT_CHECK(service.end_all(recipient));
    } else {
      const auto ended = service.end_search(alerts::SavedSearchId{followed.link.id});
      // What was removed sends nothing either.
      if (!ended && ended.error().code != ErrorCode::kNotFound) return ended.error();
    }
    return view(followed);
  }

 private:
  Result<alerts::Recipient> recipient_of(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const accounts::User user, deps_.accounts.users().get(request.principal.user_id));
    return tenant.alerts->recipients().of_user(user.id, user.email);
  }

  Result<FollowedLink> follow(const Request& request, const std::string& token, notify::LinkAction action,
                              notify::LinkAction other) const {
    FIT_TRY(const notify::SignedLink link, notify::parse_token(token));
    FIT_TRY(TenantSnapshot tenant, snapshot_of_link(snapshot_of_, request, link));
    FIT_TRY(const alerts::AlertLinks links, tenant.alerts->deliverer().links());
    FIT_CHECK(notify::check_token(token, links.key(), action, other, now()));
    return FollowedLink{.tenant = std::move(tenant), .link = link};
  }

  Result<FollowedLink> follow_unsubscribe(const Request& request) const {
    const auto token = query_parameter(request.query, "token");
    if (!token) return invalid("token", "is missing");
    return follow(request, std::string(*token), notify::LinkAction::kEndSearch, notify::LinkAction::kEndAll);
  }

  static Result<alerts::RecipientId> recipient_of_link(const FollowedLink& followed) {
    if (followed.link.action == notify::LinkAction::kEndAll) return alerts::RecipientId{followed.link.id};
    FIT_TRY(const alerts::SavedSearch search,
            followed.tenant.alerts->searches().get(alerts::SavedSearchId{followed.link.id}));
    return search.recipient;
  }

  // What the link would end, or has ended.
  static Result<Response> view(const FollowedLink& followed) {
    alerts::AlertService& service = *followed.tenant.alerts;
    Json name;
    bool is_subscribed = true;
    if (followed.link.action == notify::LinkAction::kEndSearch) {
      const auto search = service.searches().get(alerts::SavedSearchId{followed.link.id});
      if (!search && search.error().code == ErrorCode::kNotFound) {
        return json_response({{"email", ""}, {"saved_search", nullptr}, {"is_subscribed", false}});
      }
      FIT_CHECK(search);
      name = search->options.name;
      is_subscribed = search->is_active && std::ranges::contains(search->options.channels, alerts::Channel{});
    }
    FIT_TRY(const alerts::RecipientId id, recipient_of_link(followed));
    FIT_TRY(const alerts::Recipient recipient, service.recipients().get(id));
    return json_response({{"email", hidden_address(recipient.email)},
                          {"saved_search", std::move(name)},
                          {"is_subscribed", is_subscribed && recipient.takes_mail()}});
  }

  const NotificationRouteDeps deps_;
  const SnapshotSource snapshot_of_;
};

}  // namespace

Result<TenantSnapshot> snapshot_of_link(const SnapshotSource& snapshot_of, const Request& request,
                                        const notify::SignedLink& link) {
  const Error wrong = not_found("the link is wrong or has expired");
  if (!accounts::check_tenant_name("token", link.tenant)) return wrong;
  Principal caller = request.principal;
  caller.tenant = link.tenant;
  auto tenant = snapshot_of(caller);
  if (!tenant && tenant.error().code == ErrorCode::kNotFound) return wrong;
  return tenant;
}

void add_notification_routes(Router& router, NotificationRouteDeps deps) {
  const auto routes = std::make_shared<const NotificationRoutes>(deps, router.snapshot_source());
  const auto add = [&](Method method, const char* pattern, auto handler, RunOn run_on) {
    const bool reads = method == Method::kGet;
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kAccount,
                .run_on = run_on,
                .route_class = reads ? RouteClass::kNone : RouteClass::kWrite,
                .max_body_bytes = method == Method::kPost ? kSmallBodyBytes : 0,
                .audited = Audited::kNever},
               [routes, handler](const Request& request, const TenantSnapshot& tenant) {
                 return std::invoke(handler, *routes, request, tenant);
               });
  };
  add(Method::kGet, "/api/v1/notifications", &NotificationRoutes::settings, RunOn::kWrite);
  add(Method::kPost, "/api/v1/notifications/confirmation", &NotificationRoutes::send_confirmation,
      RunOn::kWrite);
  add(Method::kPost, "/api/v1/notifications/push", &NotificationRoutes::add_browser, RunOn::kWrite);
  add(Method::kDelete, "/api/v1/notifications/push/{id}", &NotificationRoutes::remove_browser, RunOn::kWrite);
  add(Method::kPost, "/api/v1/notifications/devices", &NotificationRoutes::add_device, RunOn::kWrite);
  add(Method::kDelete, "/api/v1/notifications/devices/{id}", &NotificationRoutes::remove_device,
      RunOn::kWrite);
  add(Method::kPost, "/api/v1/notifications/test", &NotificationRoutes::test, RunOn::kFetch);

  router.add({.method = Method::kPost,
              .pattern = "/api/v1/notifications/confirm",
              .required_scope = kPublic,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = kSmallBodyBytes,
              .handler = [routes](const Request& request) { return routes->confirm(request); },
              .audited = Audited::kNever});
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/notifications/unsubscribe",
              .required_scope = kPublic,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kSearch,
              .query_parameters = {{"token"}},
              .handler = [routes](const Request& request) { return routes->subscription(request); }});
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/notifications/unsubscribe",
              .required_scope = kPublic,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = kMaxUnsubscribeBytes,
              .query_parameters = {{"token", "all"}},
              .handler = [routes](const Request& request) { return routes->unsubscribe(request); },
              .audited = Audited::kNever});
}

}  // namespace fit::http
