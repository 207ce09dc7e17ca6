#include <algorithm>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "catalog/catalog.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/feedback_json.h"
#include "http/json_body.h"
#include "http/page_limit.h"
#include "http/request_person.h"
#include "style/personal/personal_tastes.h"

namespace fit::http {
namespace {

constexpr std::size_t kFeedbackAtOnce = 50;
constexpr std::size_t kMaxFeedbackAtOnce = 500;

style::FeedbackStore& feedback_of(const TenantSnapshot& tenant) {
  return tenant.tastes->feedback();
}

Result<style::FeedbackTarget::Kind> target_kind(std::string_view name) {
  const auto* const found = std::ranges::find(style::kFeedbackTargets, name);
  if (found == style::kFeedbackTargets.end()) return invalid("kind", "is not a kind of target");
  return static_cast<style::FeedbackTarget::Kind>(found - style::kFeedbackTargets.begin());
}

// The item that feedback is about must exist for the caller.
Result<void> check_item(const style::FeedbackTarget& target, const TenantSnapshot& tenant,
                        const Principal& caller) {
  const auto item = style::item_of(target);
  if (!item) return {};
  FIT_TRY(const domain::ItemRecord record, tenant.catalog.get(*item));
  if (!is_visible(tenant, record.listing, caller)) return not_found("there is no item " + item->str());
  return {};
}

// The handlers of /api/v1/feedback.
class FeedbackRoutes {
 public:
  static Result<Response> give(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const style::Person person, person_of(request));
    FIT_TRY(const Json body, json_body(request));
    FIT_TRY(const style::NewFeedback given, parse_feedback(body));
    FIT_CHECK(check_item(given.target, tenant, request.principal));
    FIT_TRY(const auto recorded, feedback_of(tenant).record(person, given, now()));
    return json_response(feedback_json(recorded.feedback), recorded.is_new ? 201 : 200);
  }

  static Result<Response> list(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const style::Person person, person_of(request));
    style::FeedbackListOptions options{.limit = kFeedbackAtOnce};
    for (const auto& [name, value] : query_parameters(request.query)) {
      if (name == "before") {
        FIT_TRY(options.before, parse_id("before", value));
      } else if (name == "limit") {
        FIT_TRY(options.limit, parse_limit(value, kMaxFeedbackAtOnce));
      } else if (name == "kind") {
        FIT_TRY(options.kind, target_kind(value));
      } else {
        FIT_TRY(options.signal, style::parse_signal(value));
      }
    }
    FIT_TRY(const auto found, feedback_of(tenant).list(person, options));
    Json listed = Json::array();
    for (const style::Feedback& one : found) listed.push_back(feedback_json(one));
    Json body{{"feedback", std::move(listed)}};
    if (found.size() == options.limit) body["next_before"] = found.back().id.str();
    return json_response(body);
  }

  static Result<Response> undo(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const style::Person person, person_of(request));
    FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
    FIT_CHECK(feedback_of(tenant).forget(person, style::FeedbackId{id}));
    return no_content();
  }

  static Result<Response> forget_all(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const style::Person person, person_of(request));
    FIT_CHECK(feedback_of(tenant).forget_all(person));
    return no_content();
  }

  static Result<Response> merge(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string id = reader.text("device_id");
    FIT_CHECK(reader.finish());
    FIT_TRY(const style::Person device, device_of("device_id", id));
    const auto account = account_of(request.principal);
    if (!account) {
      return Error{
          ErrorCode::kForbidden,
          "the feedback of a device becomes that of an account: sign in, or send a search token with "
          "a user_id",
          {},
          {}};
    }
    FIT_TRY(const std::int64_t moved, feedback_of(tenant).merge(device, *account));
    return json_response({{"moved", moved}});
  }
};

}  // namespace

void add_feedback_routes(Router& router) {
  const auto add = [&](Method method, const char* pattern, auto handler,
                       std::vector<std::string_view> parameters = {}) {
    const bool reads = method == Method::kGet;
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kSearch,
                .run_on = reads ? RunOn::kSearch : RunOn::kWrite,
                .route_class = reads ? RouteClass::kNone : RouteClass::kWrite,
                .max_body_bytes = method == Method::kPost ? kSmallBodyBytes : 0,
                .query_parameters = std::move(parameters),
                .audited = Audited::kNever},  // what somebody likes is nobody else's business
               handler);
  };
  add(Method::kPost, "/api/v1/feedback", &FeedbackRoutes::give);
  add(Method::kGet, "/api/v1/feedback", &FeedbackRoutes::list, {"before", "limit", "kind", "signal"});
  add(Method::kDelete, "/api/v1/feedback", &FeedbackRoutes::forget_all);
  add(Method::kDelete, "/api/v1/feedback/{id}", &FeedbackRoutes::undo);
  add(Method::kPost, "/api/v1/feedback/merge", &FeedbackRoutes::merge);
}

}  // namespace fit::http
