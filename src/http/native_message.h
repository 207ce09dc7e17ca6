#pragma once

#include <drogon/HttpRequest.h>
#include <drogon/HttpResponse.h>

#include "http/message.h"

namespace fit::http {

// Drogon's request as handlers see it. The views belong to `native`, which must outlive the result. A method
// that no route can have reads as kOptions.
Request request_of(const drogon::HttpRequest& native);

// The response as Drogon sends it. A file that cannot be opened becomes a 404 problem response to `request`.
drogon::HttpResponsePtr native_response(const Request& request, Response response);

}  // namespace fit::http
