#include "http/json_body.h"

namespace fit::http {

Result<Json> json_body(const Request& request) {
  if (media_type(request.headers.get("content-type")) != "application/json") {
    return Error{ErrorCode::kUnsupportedMedia, "must be application/json", "Content-Type", {}};
  }
  return json_object(request);
}

Result<Json> json_object(const Request& request) {
  FIT_TRY(Json body, parse_json("body", request.body));
  if (!body.is_object()) return malformed("body", "is not a JSON object");
  return body;
}

}  // namespace fit::http
