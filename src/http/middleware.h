#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "http/exchange.h"

namespace fit::http {

// A step that every request takes before its handler, and its response after it. Both functions may be empty.
// Thread-safe: calls for different requests run at the same time.
struct Middleware {
  // Where `before` runs.
  enum class Stage {
    kLoop,   // `before` runs on the event loop and must not block
    kWorker  // `before` runs on the route's worker pool and may block; not for routes that run on the loop
  };

  std::string_view name;
  Stage stage = Stage::kLoop;
  // May change the request. A response, or an error, which becomes a problem response, ends the request:
  // later middleware and the handler do not run.
  std::function<Result<std::optional<Response>>(Exchange&)> before = {};
  // Runs exactly once for every response, whatever its origin. It must not read request.principal, which the
  // worker may be writing when the time limit ends the request. Must not block.
  std::function<void(const Exchange&, Response&)> after = {};
};

// Middleware in its declared order. `before` functions run in that order, those of the loop first; `after`
// functions run in the reverse order. Immutable and thread-safe.
class Pipeline {
 public:
  Pipeline(std::vector<Middleware> middleware, Log log)
      : middleware_(std::move(middleware)), log_(std::move(log)) {}

  // The `before` functions of the stage; a response where one ended the request.
  std::optional<Response> before(Middleware::Stage stage, Exchange& exchange) const;

  // The `before` functions of the worker stage, unless the route runs on the loop, then the route's handler.
  // An error or an exception becomes its problem response, with the private part in the log.
  Response handle(Exchange& exchange) const;

  void after(const Exchange& exchange, Response& response) const;

 private:
  Response failed(const Exchange& exchange, const Error& error) const;

  std::vector<Middleware> middleware_;
  Log log_;
};

// Gives the request its id, the client's own when it is well-formed, and the response X-Request-ID.
Middleware assign_request_ids();
// One line in the access log, and the metrics fit_http_*. `metrics` must outlive the middleware.
Middleware log_requests(Metrics& metrics, Log log);
// Security headers; Cache-Control and Content-Security-Policy unless the handler set them.
Middleware add_security_headers();
// Allows browsers to call from `origin`: "*" or one origin.
Middleware allow_origin(std::string origin);
// Replaces the problem details of a 404 by the web app, which says so, where a person opened the address in a
// browser.
Middleware show_missing_pages();
// 404 for unknown paths, 405 for methods that a path does not have, and OPTIONS.
Middleware refuse_unknown_routes();
// 503 once request.stop is requested, except for /live.
Middleware refuse_when_stopping();
// 413 for bodies over the route's limit, 415 for compressed ones.
Middleware check_bodies();
// Sets request.principal, on the worker.
Middleware authenticate(Authenticator authenticator);

// The dependencies of the standard middleware.
struct MiddlewareOptions {
  Metrics& metrics;
  Log log;
  std::string cors_origin = {};  // "*" or one origin that browsers may call from; empty: none
  Authenticator authenticator = anonymous;
};
// The server's middleware: all of the above, in the order of their declarations.
std::vector<Middleware> standard_middleware(const MiddlewareOptions& options);

}  // namespace fit::http
