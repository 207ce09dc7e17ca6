#include "accounts/accounts.h"
#include "base/text.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/parameter_values.h"

namespace fit::http {
namespace {

constexpr std::size_t kDefaultEntries = 100;
constexpr std::size_t kMaxEntries = 1000;

Result<accounts::AuditQuery> query_of(const Request& request) {
  accounts::AuditQuery query;
  query.limit = kDefaultEntries;
  for (const auto& [name, value] : query_parameters(request.query)) {
    if (!is_utf8(value) || value.contains('\0')) return invalid(name, "is not valid UTF-8");
    if (name == "action") query.action = value;
    if (name == "principal") query.principal = value;
    if (name == "tenant") query.tenant = value;
    if (name == "before") {
      FIT_TRY(query.before, parse_id("before", value));
    }
    if (name == "limit") {
      FIT_TRY(query.limit, parse_limit(value, kMaxEntries));
    }
  }
  return query;
}

// Narrows a query to what the caller may read: from "default" everything, from another tenant its own
// entries, without those of an earlier tenant of the same name.
Result<void> narrow(accounts::AuditQuery& query, const std::string& tenant, accounts::Tenants& tenants) {
  if (tenant == accounts::kDefaultTenant) return {};
  if (!query.tenant.empty() && query.tenant != tenant) {
    return Error{ErrorCode::kForbidden, "must be the tenant of the caller", "tenant", {}};
  }
  FIT_TRY(const accounts::Tenant record, tenants.get(tenant));
  query.tenant = tenant;
  query.since = record.created_at;
  return {};
}

Result<Response> list_audit(accounts::Accounts& accounts, const Request& request) {
  FIT_TRY(accounts::AuditQuery query, query_of(request));
  FIT_CHECK(narrow(query, request.principal.tenant, accounts.tenants()));
  FIT_TRY(const auto entries, accounts.audit().list(query));
  Json body;
  body["entries"] = Json::array();
  for (const accounts::AuditEntry& entry : entries) body["entries"].push_back(audit_json(entry));
  if (entries.size() == query.limit) body["next_before"] = std::to_string(entries.back().id);
  return json_response(body);
}

}  // namespace

void add_audit_route(Router& router, accounts::Accounts& accounts) {
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/audit",
              .required_scope = accounts::Scope::kAdmin,
              .route_class = RouteClass::kNone,
              .query_parameters = {{"action", "principal", "tenant", "before", "limit"}},
              .handler = [&accounts](const Request& request) { return list_audit(accounts, request); }});
}

}  // namespace fit::http
