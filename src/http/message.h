#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "base/result.h"
#include "http/principal.h"

namespace fit::http {

// The methods that routes may have. HEAD is handled as kGet.
enum class Method { kGet, kPost, kPut, kDelete, kOptions, kPatch };

std::string_view to_string(Method method);  // "GET", "POST", ...

// The header fields of a request. Does not own their texts.
class Headers {
 public:
  // `name` in lower case.
  void add(std::string_view name, std::string_view value) { fields_.emplace_back(name, value); }

  // The value of the first field of that name, which is in lower case; empty when there is none.
  std::string_view get(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, std::string_view>> fields_;
};

// The values of a route's path parameters, percent-decoded.
class PathParameters {
 public:
  void add(std::string_view name, std::string_view value) { values_.emplace_back(name, value); }

  // The value of the parameter "{name}"; empty when the route's pattern has no such parameter.
  std::string_view get(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

// The other end of a connection: the client, or the proxy in front of this server.
struct Peer {
  std::string address;  // numeric: "192.0.2.7", "2001:db8::1"
  std::uint16_t port = 0;
};

// A request for a handler. The views and the texts of `headers` belong to the connection and live as long as
// the handler's call.
struct Request {
  Method method = Method::kGet;
  bool is_head = false;    // sent as HEAD: method is kGet, and the response's body is not sent
  std::string_view host;   // the server's name as the client knows it: "shop.example:8000"; empty: not given
  std::string_view path;   // percent-decoded
  std::string_view query;  // what follows "?", as sent
  std::optional<std::uint64_t> content_length;  // as announced; nothing: not announced
  std::string_view body;                        // empty until it is received: for handlers, it is whole
  std::filesystem::path body_file = {};         // a file that holds the body; empty: it is in memory
  Headers headers;
  Peer peer;
  Principal principal;  // anonymous on the event loop; set by a middleware on the worker
  std::string request_id;
  PathParameters path_parameters;
  // Requested when the response is no longer wanted: the request time limit has passed, or the server ends. For
  // imports, as soon as the server begins to stop. Long handlers end early then.
  std::stop_token stop;
};

// Where a route's handler runs. Each but the first is a pool of threads with a queue of its own, so that one
// kind of request does not wait for another.
enum class RunOn {
  kLoop,    // on the event loop, at once: the handler must not block
  kSearch,  // searches and other reads, within the request time limit
  kWrite,   // changes of the catalogue, within the request time limit
  kFetch,   // the images that a request names by URL, within the request time limit
  kEmbed,   // vectors for other programs, within the request time limit
  kImport,  // imports, for as long as they take
};

struct Continuation;

// What a handler returns. Either `body` or `file` is sent.
struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::filesystem::path file = {};  // when not empty: its content is the body, read while it is sent
  std::shared_ptr<const Continuation> next = {};  // when set, the request goes on there and nothing is sent yet
};

// The rest of a handler's work, which runs on a thread of another pool: a handler that must wait for other
// servers leaves its thread to others meanwhile.
struct Continuation {
  RunOn run_on = RunOn::kSearch;
  std::function<Result<Response>(const Request&)> handler;
};

// Returns no response yet: the request goes on with `handler`, which is given the same request.
Response continue_on(RunOn run_on, std::function<Result<Response>(const Request&)> handler);

// Handles one request. An Error becomes a problem response. Thread-safe: calls run at the same time. May
// block unless its route runs on the event loop.
using Handler = std::function<Result<Response>(const Request&)>;

Response json_response(const Json& value, int status = 200);

// The query parameters in order, percent-decoded ("+" is a blank).
std::vector<std::pair<std::string, std::string>> query_parameters(std::string_view query);

// The value of a query parameter, percent-decoded ("+" is a blank); nothing when it is absent.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

// The media type of a Content-Type header in lower case, without its parameters: "application/json".
std::string media_type(std::string_view content_type);

// The path of a target, percent-decoded: "/a%20b+c" is "/a b+c".
std::string decode_path(std::string_view path);

// A parameter of a header value, such as "boundary" of a multipart Content-Type, unquoted; nothing when it is
// absent.
std::optional<std::string> header_parameter(std::string_view value, std::string_view name);

}  // namespace fit::http
