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

  // The values of all fields of that name, in their order.
  std::vector<std::string_view> get_all(std::string_view name) const;

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
  std::string_view host;   // the host and port that the client addresses: "shop.example:8000"; empty: none
  std::string_view path;   // percent-decoded
  std::string_view query;  // the raw query string after "?"
  std::optional<std::uint64_t> content_length;  // the value of Content-Length; nullopt: no such header
  std::string_view body;                        // complete when a handler runs; empty before
  std::filesystem::path body_file = {};         // the file that holds the body; empty: the body is in memory
  bool is_partial = false;  // the client has gone before the end of the body (Route::takes_partial_body)
  Headers headers;
  Peer peer;
  std::string client_address;  // numeric; the peer's, unless a trusted proxy names another
  bool is_https = false;       // the client uses https, as this connection or a trusted proxy says
  Principal principal;         // anonymous until a middleware has set it, which may happen on the worker
  std::string request_id;
  std::string trace_id = {};  // of the trace that the request is a part of; empty: none
  PathParameters path_parameters;
  // Requested when the time limit of the request has passed, and when the server must end; for imports as
  // soon as the server begins to stop. Long handlers must end early then.
  std::stop_token stop;
};

// Where a route's handler runs. Each value except kLoop is a pool of threads with its own queue, so that one
// kind of request does not wait for another.
enum class RunOn {
  kLoop,    // on the event loop, at once: the handler must not block
  kSearch,  // searches and other reads, within the request time limit
  kWrite,   // changes of the catalogue, within the request time limit
  kFetch,   // fetches of images by URL, within the request time limit
  kEmbed,   // /v1/embeddings, within the request time limit
  kImport,  // imports, for as long as they take
  kIngest,  // files that must be on the disk before the response, within the request time limit
  kSignIn,  // what hashes passwords, which takes much memory and time, within the request time limit
};

struct Continuation;

// What the audit log says about a request, besides what its route and caller tell. Never contains a secret.
struct AuditNote {
  std::string target = {};       // "key:7"; empty: the parameters of the path
  Json detail = Json::object();  // an object
  std::string principal = {};    // who has just signed in; empty: the caller
  std::string outcome = {};      // "refused" or "failed"; empty: as the status says
};

// A part of a file: `size` bytes from `offset` on.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// What a handler returns. Either `body` or `file` is sent.
struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::filesystem::path file = {};      // when not empty: its content is the body, read while it is sent
  std::optional<ByteRange> range = {};  // the part of `file` that is sent, which it must have; nullopt: all
  std::shared_ptr<const void> file_owner = {};  // what keeps `file` in existence; may be null
  // When set, the request continues there, and this response is not sent.
  std::shared_ptr<const Continuation> next = {};
  // When set, the audit log records the request, and this about it.
  std::shared_ptr<const AuditNote> audit = {};
};

// The rest of a handler's work, which runs on another pool. A handler that must wait for another server thus
// frees its thread.
struct Continuation {
  RunOn run_on = RunOn::kSearch;
  std::function<Result<Response>(const Request&)> handler;
};

// Makes the result of a handler whose request continues with `handler`, which gets the same request.
Response continue_on(RunOn run_on, std::function<Result<Response>(const Request&)> handler);

// Handles one request. An Error becomes a problem response. Thread-safe: calls run at the same time. May
// block unless its route runs on the event loop.
using Handler = std::function<Result<Response>(const Request&)>;

Response json_response(const Json& value, int status = 200);

// A response 204 without a body.
Response no_content();

// The query parameters in the order of the query, percent-decoded ("+" is a blank).
std::vector<std::pair<std::string, std::string>> query_parameters(std::string_view query);

// The value of a query parameter, percent-decoded ("+" is a blank); nullopt when it is absent.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

// The media type of a Content-Type header in lower case, without its parameters: "application/json".
std::string media_type(std::string_view content_type);

// Percent-decodes the path of a target; "+" stays: "/a%20b+c" is "/a b+c".
std::string decode_path(std::string_view path);

// A parameter of a header value, such as "boundary" of a multipart Content-Type, unquoted; nullopt when it is
// absent.
std::optional<std::string> header_parameter(std::string_view value, std::string_view name);

}  // namespace fit::http
