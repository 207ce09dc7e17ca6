#pragma once

#include <string>
#include <string_view>

#include "accounts/audit_log.h"
#include "http/exchange.h"

namespace fit::http {

// Adds to a response what the audit log is to say about its request.
void note_audit(Response& response, AuditNote note);

// The name of what a route does: "keys.create" for POST /api/v1/keys, "keys.delete" for DELETE
// /api/v1/keys/{id}, "keys.rotate" for POST /api/v1/keys/{id}/rotate.
std::string audit_action(Method method, std::string_view pattern);

// Whether the audit log records the request, as record_audit() says (middleware.h).
bool is_audited(const Exchange& exchange, const Response& response);

// The entry of a request with a route. Its outcome is "done" below status 400, "refused" for 401 and 403, and
// "failed" otherwise.
accounts::AuditEntry audit_entry(const Exchange& exchange, const Response& response);

// An entry as the API writes it.
Json audit_json(const accounts::AuditEntry& entry);

}  // namespace fit::http
