#include <charconv>

#include "accounts/accounts.h"
#include "base/format.h"
#include "base/text.h"
#include "http/api.h"

namespace fit::http {
namespace {

constexpr std::size_t kDefaultLimit = 100;
constexpr std::size_t kMaxLimit = 1000;

Json to_json(const accounts::AuditEntry& entry) {
  return {{"id", std::to_string(entry.id)},
          {"at", to_rfc3339(entry.at)},
          {"principal", entry.principal},
          {"address", entry.address},
          {"action", entry.action},
          {"target", entry.target},
          {"outcome", entry.outcome},
          {"detail", entry.detail.empty() ? Json::object() : Json::parse(entry.detail)}};
}

Result<accounts::AuditQuery> query_of(const Request& request) {
  accounts::AuditQuery query;
  query.limit = kDefaultLimit;
  for (const auto& [name, value] : query_parameters(request.query)) {
    if (!is_utf8(value) || value.contains('\0')) return invalid(name, "is not valid UTF-8");
    if (name == "action") query.action = value;
    if (name == "principal") query.principal = value;
    if (name == "before") {
      FIT_TRY(query.before, parse_id("before", value));
    }
    if (name != "limit") continue;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, query.limit);
    if (error != std::errc{} || stop != end || query.limit < 1 || query.limit > kMaxLimit) {
      return invalid("limit", fit::format("must be between 1 and {}", kMaxLimit));
    }
  }
  return query;
}

Result<Response> list_audit(accounts::AuditLog& audit, const Request& request) {
  FIT_TRY(const accounts::AuditQuery query, query_of(request));
  FIT_TRY(const auto entries, audit.list(query));
  Json body;
  body["entries"] = Json::array();
  for (const accounts::AuditEntry& entry : entries) body["entries"].push_back(to_json(entry));
  if (entries.size() == query.limit) body["next_before"] = std::to_string(entries.back().id);
  return json_response(body);
}

}  // namespace

void add_audit_route(Router& router, accounts::Accounts& accounts) {
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/audit",
              .required_scope = accounts::Scope::kAdmin,
              .route_class = RouteClass::kNone,
              .query_parameters = {{"action", "principal", "before", "limit"}},
              .handler = [&audit = accounts.audit()](const Request& request) {
                return list_audit(audit, request);
              }});
}

}  // namespace fit::http
