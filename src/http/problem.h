#pragma once

#include <chrono>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace fit::http {

// Returns the HTTP status of an error code.
int status_of(ErrorCode code);

// Returns the reason phrase of a status that this server sends: "Not Found".
std::string_view reason_of(int status);

// Makes the response to a failed request: RFC 9457 problem details with the member "request_id", where the
// request is traced "trace_id", and, where one field is at fault, "field"; below /v1/ also "error", in the
// form of OpenAI's API. Shows error.message to the client, never error.detail. A 429 or 503 response has
// Retry-After, a 401 response WWW-Authenticate.
Response problem(const Error& error, const Request& request);

// Makes problem details for a status that no ErrorCode has: 404 for a path, 405, 412. `type` is the end of
// the problem's URN.
Response problem(int status, std::string_view type, std::string_view detail, const Request& request);

// Makes the response 429 to somebody whose attempts to show who they are have failed too often.
Response too_many_attempts(std::chrono::seconds retry_after, const Request& request);

// Makes the response 403 to a caller that lacks scopes, with the member "missing_scopes" naming each.
Response missing_scopes(accounts::Scopes scopes, const Request& request);

}  // namespace fit::http
