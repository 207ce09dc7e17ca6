#pragma once

#include <drogon/HttpRequest.h>
#include <drogon/HttpResponse.h>

#include "http/message.h"

namespace fit::http {

// Converts Drogon's request. The result borrows `native`, which must outlive it. Unknown methods become
// kOptions, which no route has.
Request request_of(const drogon::HttpRequest& native);

// Converts a response for Drogon. A file that cannot be opened becomes a 404 problem response to `request`.
drogon::HttpResponsePtr native_response(const Request& request, Response response);

}  // namespace fit::http
