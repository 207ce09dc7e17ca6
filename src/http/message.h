#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "base/result.h"

namespace fit::http {

enum class Method { kGet, kPost, kPut, kDelete, kOptions, kPatch };

std::string_view to_string(Method method);  // "GET", "POST", ...

// One request as a handler sees it. The views point into the connection's memory and live as long as the
// call.
struct Request {
  Method method = Method::kGet;
  std::string_view path;   // percent-decoded
  std::string_view query;  // behind "?", as sent
  std::string_view body;
  std::string_view content_type;  // with its parameters, as sent
  std::string_view if_none_match;
  std::string_view accept_encoding;
  std::string request_id;
  std::string path_parameter;  // what "{id}" of the route's pattern matched
  const std::atomic<bool>* stopping =
      nullptr;  // becomes true when the server is going down; never nullptr in a handler
};

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Answers one request or gives the Error that becomes a problem answer. Thread-safe.
using Handler = std::function<Result<Response>(const Request&)>;

Response json_response(const Json& value, int status = 200);

// The value of a query parameter, percent-decoded ("+" is a blank); nothing when it is not there.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

// The media type of a Content-Type header in lower case, without its parameters: "application/json".
std::string media_type(std::string_view content_type);

// A parameter of a header value, such as "boundary" of a multipart Content-Type; unquoted.
std::optional<std::string> header_parameter(std::string_view value, std::string_view name);

}  // namespace fit::http
