#include <functional>
#include <utility>

#include "accounts/tenants.h"
#include "base/json_reader.h"
#include "http/admin_route.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/json_body.h"
#include "http/parameter_values.h"
#include "monitor/alert_rule_service.h"

namespace fit::http {
namespace {

using monitor::AlertRule;
using monitor::AlertRuleId;
using monitor::AlertRuleService;

constexpr std::size_t kDefaultAlarms = 100;
constexpr std::size_t kMaxAlarms = 1'000;

Result<AlertRuleId> alert_rule_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return AlertRuleId{id};
}

// A rule, with the number of series that it is about at this moment: 0 tells of a misspelled name.
Json rule_view(const AlertRuleService& service, const AlertRule& rule) {
  Json json = monitor::alert_rule_json(rule);
  json["matching_series"] = service.matching_series(rule.options.condition);
  return json;
}

AuditNote rule_note(const AlertRule& rule) {
  return {.target = "alert-rule:" + rule.id.str(), .detail = {{"name", rule.options.name}}};
}

Result<Response> list_rules(AlertRuleService& service, const Request&) {
  FIT_TRY(const auto rules, service.store().list());
  FIT_TRY(const std::string secret, service.sender().webhook_secret());
  Json list = Json::array();
  for (const AlertRule& rule : rules) list.push_back(monitor::alert_rule_json(rule));
  Response response = json_response({{"alert_rules", std::move(list)},
                                     {"mail_possible", service.sender().has_mail()},
                                     {"webhook_secret", secret}});
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<Response> add_rule(AlertRuleService& service, const Request& request) {
  FIT_TRY(const Json body, json_body(request));
  FIT_TRY(const auto options, monitor::parse_alert_rule(body));
  FIT_TRY(const AlertRule rule, service.store().add(options, request.principal.id, service.time()));
  Response response = json_response(rule_view(service, rule), 201);
  response.headers.emplace_back("Location", "/api/v1/alert-rules/" + rule.id.str());
  note_audit(response, rule_note(rule));
  return response;
}

Result<Response> get_rule(AlertRuleService& service, const Request& request) {
  FIT_TRY(const AlertRuleId id, alert_rule_id(request));
  FIT_TRY(const AlertRule rule, service.store().get(id));
  return json_response(rule_view(service, rule));
}

Result<Response> replace_rule(AlertRuleService& service, const Request& request) {
  FIT_TRY(const AlertRuleId id, alert_rule_id(request));
  FIT_TRY(const Json body, json_body(request));
  FIT_TRY(const auto options, monitor::parse_alert_rule(body));
  FIT_TRY(const AlertRule rule, service.store().replace(id, options, service.time()));
  Response response = json_response(rule_view(service, rule));
  note_audit(response, rule_note(rule));
  return response;
}

Result<Response> remove_rule(AlertRuleService& service, const Request& request) {
  FIT_TRY(const AlertRuleId id, alert_rule_id(request));
  FIT_CHECK(service.store().remove(id, service.time()));
  Response response = no_content();
  note_audit(response, {.target = "alert-rule:" + id.str()});
  return response;
}

Result<Response> silence_rule(AlertRuleService& service, const Request& request) {
  FIT_TRY(const AlertRuleId id, alert_rule_id(request));
  FIT_TRY(const Json body, json_body(request));
  JsonReader reader(body);
  const std::string text = reader.optional_text("until");
  FIT_CHECK(reader.finish());
  if (!body.contains("until")) return invalid("until", "is missing; null ends the silence");
  std::optional<Timestamp> until;
  if (!text.empty()) {
    FIT_TRY(until, parse_rfc3339("until", text));
    if (*until <= service.time()) return invalid("until", "must be in the future");
  }
  FIT_TRY(const AlertRule rule, service.store().silence(id, until));
  Response response = json_response(rule_view(service, rule));
  note_audit(response, rule_note(rule));
  return response;
}

Result<Response> test_rule(AlertRuleService& service, const Request& request) {
  FIT_TRY(const AlertRuleId id, alert_rule_id(request));
  FIT_TRY(const AlertRule rule, service.store().get(id));
  if (rule.options.channels.empty()) {
    return Error{ErrorCode::kConflict, "the rule has no channel", "channels", {}};
  }
  Json channels = Json::array();
  for (const monitor::NoticeChannel& channel : rule.options.channels) {
    const auto sent = service.test(rule, channel, request.stop);
    Json one = monitor::channel_json(channel);
    one["accepted"] = sent.has_value();
    one["error"] = sent ? Json(nullptr) : Json(sent.error().message);
    channels.push_back(std::move(one));
  }
  return json_response({{"channels", std::move(channels)}});
}

Result<monitor::AlertRuleStore::AlarmQuery> alarm_query(const Request& request) {
  monitor::AlertRuleStore::AlarmQuery query;
  query.limit = kDefaultAlarms;
  for (const auto& [name, value] : query_parameters(request.query)) {
    if (name == "rule_id") {
      FIT_TRY(const std::int64_t id, parse_id("rule_id", value));
      query.rule = AlertRuleId{id};
    }
    if (name == "before") {
      FIT_TRY(query.before, parse_id("before", value));
    }
    if (name == "limit") {
      FIT_TRY(query.limit, parse_limit(value, kMaxAlarms));
    }
    if (name == "state") {
      if (value != "firing" && value != "resolved") return invalid("state", "must be firing or resolved");
      query.is_firing = value == "firing";
    }
  }
  return query;
}

Result<Response> list_alarms(AlertRuleService& service, const Request& request) {
  FIT_TRY(const auto query, alarm_query(request));
  FIT_TRY(const auto alarms, service.store().alarms(query));
  Json body;
  body["alerts"] = Json::array();
  for (const monitor::Alarm& alarm : alarms) body["alerts"].push_back(monitor::alarm_json(alarm));
  if (alarms.size() == query.limit) body["next_before"] = alarms.back().id.str();
  return json_response(body);
}

}  // namespace

void add_alert_rule_routes(Router& router) {
  const auto add = [&router](Method method, const char* pattern, auto handler,
                             std::vector<std::string_view> parameters = {},
                             std::optional<RunOn> run_on = std::nullopt) {
    Route route = admin_route(method, pattern, kMediumBodyBytes, {});
    if (!parameters.empty()) route.query_parameters = std::move(parameters);
    if (run_on) route.run_on = *run_on;
    router.add(
        std::move(route),
        [handler](const Request& request, const TenantSnapshot& tenant) -> Result<Response> {
          // The metrics are those of the process, which serves all tenants.
          if (tenant.alert_rules == nullptr) {
            return Error{
                ErrorCode::kForbidden, "alert rules are managed from the tenant default", "X-Tenant", {}};
          }
          return handler(*tenant.alert_rules, request);
        });
  };
  add(Method::kGet, "/api/v1/alert-rules", list_rules);
  add(Method::kPost, "/api/v1/alert-rules", add_rule);
  add(Method::kGet, "/api/v1/alert-rules/{id}", get_rule);
  add(Method::kPost, "/api/v1/alert-rules/{id}", replace_rule);
  add(Method::kDelete, "/api/v1/alert-rules/{id}", remove_rule);
  add(Method::kPost, "/api/v1/alert-rules/{id}/silence", silence_rule);
  add(Method::kPost, "/api/v1/alert-rules/{id}/test", test_rule, {}, RunOn::kFetch);
  add(Method::kGet, "/api/v1/alerts", list_alarms, {"rule_id", "state", "before", "limit"});
}

}  // namespace fit::http
