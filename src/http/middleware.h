#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/trace.h"
#include "http/authenticator.h"
#include "http/exchange.h"
#include "http/origins.h"
#include "http/public_url.h"
#include "http/rate_limits.h"

namespace fit::accounts {
class AuditWriter;
}

namespace fit::http {

class AppFiles;

// A step that every request takes before its handler, and its response after it. Both functions may be empty.
// Thread-safe: calls for different requests run at the same time.
struct Middleware {
  // Where `before` runs.
  enum class Stage {
    kLoop,   // `before` runs on the event loop before the body is read and must not block
    kWorker  // `before` runs on the route's worker pool and may block; not for routes that run on the loop
  };

  std::string_view name;
  Stage stage = Stage::kLoop;
  // May change the request. A response, or an error, which becomes a problem response, ends the request:
  // later middleware and the handler do not run.
  std::function<Result<std::optional<Response>>(Exchange&)> before = {};
  // Runs exactly once for every response, whatever its origin. It reads Exchange::principal_id instead of
  // request.principal, which the worker may be writing when the time limit ends the request. Must not block.
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

  // The `before` functions of the worker stage, for a request whose body is yet to be received. A response
  // where one ended the request.
  std::optional<Response> admit(Exchange& exchange) const;

  // The `before` functions of the worker stage, unless the route runs on the loop or admit() has run them,
  // then the route's handler. An error or an exception becomes its problem response, with the private part in
  // the log. The response has the worker_headers of the exchange.
  Response handle(Exchange& exchange) const;

  // Runs a continuation of a handler, with the error handling of handle().
  Response resume(const Exchange& exchange, const Continuation& next) const;

  void after(const Exchange& exchange, Response& response) const;

 private:
  Response run(const Exchange& exchange, const std::function<Result<Response>()>& work) const;
  Response failed(const Exchange& exchange, const Error& error) const;

  std::vector<Middleware> middleware_;
  Log log_;
};

// Gives the request its id, the client's own when it is well-formed, and the response X-Request-ID. Begins
// the request's span, which continues the trace of the header traceparent, and ends it with the response.
Middleware assign_request_ids(const Tracer& tracer = {});
// One line in the access log, and the metrics fit_http_*. `metrics` must outlive the middleware.
Middleware log_requests(Metrics& metrics, Log log);
// An entry in the audit log for each request that route.audited and the response's note select. A failed
// request of an anonymous caller is recorded only if it has a note, so that strangers cannot fill the log.
// `writer` must outlive the middleware.
Middleware record_audit(accounts::AuditWriter& writer);
// Security headers; Cache-Control and Content-Security-Policy unless the handler set them. `is_https_only`:
// Strict-Transport-Security, which browsers obey in responses over https only.
Middleware add_security_headers(bool is_https_only);
// Allows web pages of these origins to read responses in a browser.
Middleware allow_origins(AllowedOrigins origins);
// Replaces the problem details of a 404 by the web app, which says so, where a person opened the address in a
// browser. `files` has the app; null: the one that is built in.
Middleware show_missing_pages(std::shared_ptr<const AppFiles> files = nullptr);
// 421 for requests whose host is not allowed. This prevents DNS rebinding (AllowedHosts).
Middleware check_host(AllowedHosts hosts);
// 403 for requests other than GET, HEAD and OPTIONS that a browser sends for a web page of an origin that is
// neither this server's nor in `origins`; browsers send some of them without a preflight. A request without
// Origin and Sec-Fetch-Site does not come from a web page and is accepted. `public_origin` is this server's
// own beside the host that the request names; empty: none.
Middleware check_origin(AllowedOrigins origins, std::string public_origin = {});
// 404 for unknown paths, 405 for methods that a path does not have, and OPTIONS.
Middleware refuse_unknown_routes();
// 422 naming a query parameter that the route does not have.
Middleware refuse_unknown_parameters();
// 503 once the server is stopping, except for /live.
Middleware refuse_when_stopping();
// 413 for bodies whose Content-Length exceeds the route's limit, 415 for compressed ones. The server enforces
// the limit for bodies without Content-Length while it reads them, with the error of body_too_large().
Middleware check_bodies();
Error body_too_large(std::size_t limit);
// Set request.principal and check its scopes: 401 for credentials that are not valid, and for an anonymous
// caller that lacks the scope of the route; 403 naming the scope for others. A request by the cookie of a
// session, other than GET, HEAD and OPTIONS, is a 403 unless its Origin or Sec-Fetch-Site says that it comes
// from a page of this server. The first one runs on the loop and does what can be done without blocking, the
// second one does the rest on the worker. Borrow the authenticator.
Middleware authenticate_known(Authenticator& authenticator, std::string public_origin = {});
Middleware authenticate(Authenticator& authenticator, std::string public_origin = {});

// The dependencies of the standard middleware.
struct MiddlewareOptions {
  Metrics& metrics;
  Log log;
  AllowedOrigins allowed_origins = {};
  AllowedHosts allowed_hosts = {};
  std::optional<PublicUrl> public_url = {};
  Authenticator& authenticator;
  std::shared_ptr<const AppFiles> app_files = {};    // with the app; null: the one that is built in
  accounts::AuditWriter* audit = nullptr;            // null: there is no audit log
  std::optional<RateLimitOptions> rate_limits = {};  // nullopt: no limits
  Tracer tracer = {};                                // of requests; by default nothing is traced
};
// The server's middleware: all of the above, in the order of their declarations, then limit_rates().
std::vector<Middleware> standard_middleware(const MiddlewareOptions& options);

}  // namespace fit::http
