#include "http/audit.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace fit::http {
namespace {

using accounts::Scope;

// The segments of a pattern: {"api", "v1", "keys", "{id}"}.
std::vector<std::string_view> segments_of(std::string_view pattern) {
  std::vector<std::string_view> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::size_t end = std::min(pattern.find('/'), pattern.size());
    segments.push_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return segments;
}

bool is_path_parameter(std::string_view segment) {
  return segment.starts_with('{');
}

std::string_view verb_of(Method method) {
  switch (method) {
    case Method::kPost:
      return "create";
    case Method::kPut:
      return "replace";
    case Method::kPatch:
      return "change";
    case Method::kDelete:
      return "delete";
    case Method::kGet:
    case Method::kOptions:
      return "read";
  }
  return "read";
}

bool is_audited_kind(const Route& route) {
  if (route.method == Method::kGet || route.method == Method::kOptions) return false;
  if (route.method == Method::kDelete || route.run_on == RunOn::kImport) return true;
  return !route.required_scope || *route.required_scope == Scope::kAdmin ||
         *route.required_scope == Scope::kAccount || *route.required_scope == Scope::kContentReview;
}

// "key:7" for /api/v1/keys/{id}: the values of the path's parameters, each after the name of its collection.
std::string target_of(const Route& route, const PathParameters& values) {
  std::string target;
  std::string_view collection;
  for (const std::string_view segment : segments_of(route.pattern)) {
    if (!is_path_parameter(segment)) {
      collection = segment.ends_with('s') ? segment.substr(0, segment.size() - 1) : segment;
      continue;
    }
    if (!target.empty()) target += '/';
    target += std::string(collection) + ':';
    target += values.get(segment.substr(1, segment.size() - 2));
  }
  return target;
}

std::string_view outcome_of(int status) {
  if (status < 400) return "done";
  return status == 401 || status == 403 ? "refused" : "failed";
}

}  // namespace

void note_audit(Response& response, AuditNote note) {
  response.audit = std::make_shared<const AuditNote>(std::move(note));
}

std::string audit_action(Method method, std::string_view pattern) {
  std::string action;
  std::size_t literals = 0;
  bool ends_with_literal = false;
  for (const std::string_view segment : segments_of(pattern)) {
    ends_with_literal = !is_path_parameter(segment);
    if (!ends_with_literal || segment == "api" || segment == "v1") continue;
    if (++literals > 1) action += '.';
    action += segment;
  }
  // A last segment such as "rotate" says what is done.
  const bool has_verb = method == Method::kPost && ends_with_literal && literals > 1;
  if (!has_verb) action += '.' + std::string(verb_of(method));
  return action;
}

bool is_audited(const Exchange& exchange, const Response& response) {
  const Route* const route = exchange.match.route;
  if (route == nullptr || route->audited == Audited::kNever) return false;
  if (response.audit) return true;
  if (exchange.principal_id.empty() && response.status >= 400) return false;
  return route->audited == Audited::kAlways || is_audited_kind(*route);
}

accounts::AuditEntry audit_entry(const Exchange& exchange, const Response& response) {
  const Request& request = exchange.request;
  const Route& route = *exchange.match.route;
  Json detail = response.audit ? response.audit->detail : Json::object();
  if (response.status >= 400) detail["status"] = response.status;
  detail["request_id"] = request.request_id;
  const bool has_principal = response.audit && !response.audit->principal.empty();
  const bool has_outcome = response.audit && !response.audit->outcome.empty();
  const bool has_target = response.audit && !response.audit->target.empty();
  return {.at = now(),
          .tenant = exchange.tenant,
          .principal = has_principal ? response.audit->principal : exchange.principal_id,
          .address = request.client_address,
          .action = audit_action(route.method, route.pattern),
          .target = has_target ? response.audit->target : target_of(route, exchange.match.path_parameters),
          .outcome = has_outcome ? response.audit->outcome : std::string(outcome_of(response.status)),
          .detail = dump_json(detail)};
}

Json audit_json(const accounts::AuditEntry& entry) {
  return {{"id", std::to_string(entry.id)},
          {"at", to_rfc3339(entry.at)},
          {"tenant", entry.tenant},
          {"principal", entry.principal},
          {"address", entry.address},
          {"action", entry.action},
          {"target", entry.target},
          {"outcome", entry.outcome},
          {"detail", entry.detail.empty() ? Json::object() : Json::parse(entry.detail)}};
}

}  // namespace fit::http
