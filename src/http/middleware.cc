#include "http/middleware.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <ranges>

#include "accounts/audit_writer.h"
#include "base/format.h"
#include "base/text.h"
#include "http/audit.h"
#include "http/problem.h"
#include "http/request_ids.h"
#include "text/edit_distance.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxShownParameter = 100;

using Stage = Middleware::Stage;
using Refusal = Result<std::optional<Response>>;

// The path as the log shows it: without the token of a shared outfit and the code of a short link, by which
// everybody reads them.
std::string_view logged_path(std::string_view path) {
  if (path.starts_with("/api/v1/shared-outfits/")) return "/api/v1/shared-outfits/...";
  if (path.starts_with("/api/v1/links/")) return "/api/v1/links/...";
  return path.starts_with("/s/") ? "/s/..." : path;
}

const std::string* find_header(const Response& response, std::string_view name) {
  const auto found = std::ranges::find(response.headers, name,
                                       [](const auto& header) -> std::string_view { return header.first; });
  return found == response.headers.end() ? nullptr : &found->second;
}

void set_default(Response& response, std::string_view name, std::string_view value) {
  if (find_header(response, name) == nullptr) response.headers.emplace_back(name, value);
}

std::string allowed_methods(const Router::Match& match) {
  std::string allow;
  for (const Method method : match.allowed) {
    if (method == Method::kOptions) continue;  // it is named last, and every path has it
    allow += std::string(to_string(method)) + ", ";
    if (method == Method::kGet) allow += "HEAD, ";
  }
  return allow + "OPTIONS";
}

std::uint64_t body_bytes(const Response& response) {
  if (response.file.empty()) return response.body.size();
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(response.file, error);
  return error ? 0 : size;
}

constexpr std::size_t kShownHostBytes = 100;

// Whether a browser sends this request for a web page of an origin that is neither this server's nor allowed,
// and the request may change something. Sec-Fetch-Site (Fetch Metadata, W3C) decides if the browser sends it;
// otherwise Origin is compared with the request's host.
bool is_from_another_origin(const Request& request, const AllowedOrigins& allowed,
                            std::string_view public_origin) {
  if (request.method == Method::kGet || request.method == Method::kOptions) return false;
  const std::string_view origin = request.headers.get("origin");
  if (!origin.empty() && allowed.allows(origin)) return false;
  const std::string_view site = request.headers.get("sec-fetch-site");
  if (!site.empty()) return site != "same-origin" && site != "none";
  return !origin.empty() && origin != public_origin &&
         to_lower(host_of_url(origin)) != to_lower(request.host);
}

// Whether a request that may change something lacks the proof that a page of this server sent it. A request
// by cookie needs that proof, because a browser adds the cookie to requests of any page.
bool is_without_own_origin(const Request& request, std::string_view public_origin) {
  if (request.method == Method::kGet || request.method == Method::kOptions) return false;
  if (const std::string_view site = request.headers.get("sec-fetch-site"); !site.empty()) {
    return site != "same-origin" && site != "none";
  }
  const std::string_view origin = request.headers.get("origin");
  if (origin.empty()) return true;
  return origin != public_origin && to_lower(host_of_url(origin)) != to_lower(request.host);
}

Response other_origin(const Request& request) {
  return problem(403, "other_origin",
                 "web pages of other origins may not send this; ALLOWED_ORIGINS can allow them", request);
}

// Sets the principal of a request, and refuses it if the principal lacks the scope of the route, or came by a
// cookie from somewhere else.
Refusal accept(Exchange& exchange, Principal principal, std::string_view public_origin) {
  Request& request = exchange.request;
  request.principal = std::move(principal);
  exchange.is_authenticated = true;
  if (request.principal.session_id != 0 && is_without_own_origin(request, public_origin)) {
    return problem(403, "other_origin", "a session is for the pages of this server; programs send an API key",
                   request);
  }
  const auto scope = exchange.match.route->required_scope;
  if (!scope || request.principal.scopes.contains(*scope)) return std::nullopt;
  if (request.principal.is_anonymous()) {
    return Error{
        ErrorCode::kUnauthorized, "send an API key as \"Authorization: Bearer KEY\", or sign in", {}, {}};
  }
  return missing_scopes({*scope}, request);
}

std::string_view method_name(const Request& request) {
  return request.is_head ? "HEAD" : to_string(request.method);
}

std::string route_of(const Exchange& exchange) {
  return exchange.match.route == nullptr ? "unmatched" : exchange.match.route->pattern;
}

// Neither the path nor the query of a request is in its span: they may be personal or secret.
void end_span(const Exchange& exchange, int status) {
  RootSpan& span = *exchange.trace;
  const std::string method(method_name(exchange.request));
  const std::string route = route_of(exchange);
  span.name(fit::format("{} {}", method, route));
  span.set("http.request.method", method);
  span.set("http.route", route);
  span.set("http.response.status_code", std::int64_t{status});
  span.set("fit.request_id", exchange.request.request_id);
  span.set("fit.tenant", exchange.tenant);
  if (status >= 500) span.fail(std::string(reason_of(status)));
  span.end();
}

Error unexpected(const std::exception& exception) {
  return internal("something went wrong; the log knows more under this request_id", exception.what());
}

}  // namespace

std::optional<Response> Pipeline::before(Stage stage, Exchange& exchange) const {
  for (const Middleware& one : middleware_) {
    if (one.stage != stage || !one.before) continue;
    const WorkScope scope(exchange.work());
    Refusal refusal = one.before(exchange);
    if (!refusal) return failed(exchange, refusal.error());
    if (*refusal) return *std::move(refusal);
  }
  return std::nullopt;
}

std::optional<Response> Pipeline::admit(Exchange& exchange) const {
  std::optional<Response> refusal;
  try {
    refusal = before(Stage::kWorker, exchange);
  } catch (const std::exception& exception) {
    refusal = failed(exchange, unexpected(exception));
  }
  exchange.is_admitted = true;
  return refusal;
}

Response Pipeline::handle(Exchange& exchange) const {
  const Route& route = *exchange.match.route;
  return run(exchange, [&]() -> Result<Response> {
    if (route.run_on != RunOn::kLoop && !exchange.is_admitted) {
      if (auto refusal = before(Stage::kWorker, exchange)) return *std::move(refusal);
    }
    return route.handler(exchange.request);
  });
}

Response Pipeline::resume(const Exchange& exchange, const Continuation& next) const {
  return run(exchange, [&] { return next.handler(exchange.request); });
}

Response Pipeline::run(const Exchange& exchange, const std::function<Result<Response>()>& work) const {
  const WorkScope scope(exchange.work());
  const auto with_headers = [&exchange](Response response) {
    for (const auto& field : exchange.worker_headers) response.headers.push_back(field);
    return response;
  };
  Error error;
  try {
    Result<Response> response = work();
    if (response) return response->next ? *std::move(response) : with_headers(*std::move(response));
    error = std::move(response).error();
  } catch (const std::exception& exception) {
    error = unexpected(exception);
  }
  return with_headers(failed(exchange, error));
}

void Pipeline::after(const Exchange& exchange, Response& response) const {
  const WorkScope scope(exchange.work());
  for (const Middleware& one : middleware_ | std::views::reverse) {
    if (one.after) one.after(exchange, response);
  }
}

Response Pipeline::failed(const Exchange& exchange, const Error& error) const {
  const Request& request = exchange.request;
  if (status_of(error.code) >= 500) {
    const WorkScope scope(exchange.work());
    log_.error("request failed", {{"path", logged_path(request.path)},
                                  {"route", route_of(exchange)},
                                  {"status", status_of(error.code)},
                                  {"error", error.describe()},
                                  {"request_id", request.request_id}});
  }
  return problem(error, request);
}

Middleware assign_request_ids(const Tracer& tracer) {
  return {.name = "request id",
          .before = [ids = std::make_shared<RequestIds>(), tracer](Exchange& exchange) -> Refusal {
            Request& request = exchange.request;
            request.request_id = ids->accept(request.headers.get("x-request-id"));
            if (!tracer.is_on()) return std::nullopt;
            exchange.trace = std::make_shared<RootSpan>(
                tracer.begin("request", SpanKind::kServer, request.headers.get("traceparent")));
            request.trace_id = exchange.trace->work().trace.trace_id();
            return std::nullopt;
          },
          .after =
              [](const Exchange& exchange, Response& response) {
                response.headers.emplace_back("X-Request-ID", exchange.request.request_id);
                if (exchange.trace) end_span(exchange, response.status);
              }};
}

Middleware log_requests(Metrics& metrics, Log log) {
  Gauge& in_flight = metrics.gauge("fit_http_requests_in_flight", "Requests being handled");
  const auto after = [&metrics, &in_flight, log = std::move(log)](const Exchange& exchange,
                                                                  Response& response) {
    const Request& request = exchange.request;
    const double took_s = exchange.since_received.seconds();
    const std::string route = route_of(exchange);
    const std::string method(method_name(request));
    metrics
        .counter("fit_http_requests_total", "Responses sent",
                 {{"route", route}, {"method", method}, {"status", std::to_string(response.status)}})
        .add();
    metrics
        .latency("fit_http_request_duration_seconds", "Time from a request's last byte to its response",
                 {{"route", route}})
        .observe(took_s);
    log.info("request", {{"method", method},
                         {"path", logged_path(request.path)},
                         {"status", response.status},
                         {"took_ms", std::round(took_s * 1e6) / 1e3},
                         {"bytes", body_bytes(response)},
                         {"principal", exchange.principal_id},
                         {"client", request.client_address},
                         {"request_id", request.request_id}});
    in_flight.add(-1);
  };
  return {.name = "access log",
          .before = [&in_flight](Exchange&) -> Refusal {
            in_flight.add(1);
            return std::nullopt;
          },
          .after = after};
}

Middleware record_audit(accounts::AuditWriter& writer) {
  return {.name = "audit", .after = [&writer](const Exchange& exchange, Response& response) {
            if (is_audited(exchange, response)) writer.record(audit_entry(exchange, response));
          }};
}

Middleware add_security_headers(bool is_https_only) {
  return {.name = "security headers", .after = [is_https_only](const Exchange&, Response& response) {
            if (is_https_only) response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
            response.headers.emplace_back("X-Content-Type-Options", "nosniff");
            response.headers.emplace_back("X-Frame-Options", "DENY");
            response.headers.emplace_back("Referrer-Policy", "strict-origin-when-cross-origin");
            set_default(response, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
            set_default(response, "Cache-Control", "no-store");
          }};
}

Middleware allow_origins(AllowedOrigins origins) {
  return {.name = "CORS",
          .after = [origins = std::move(origins)](const Exchange& exchange, Response& response) {
            if (!origins.allows_all()) response.headers.emplace_back("Vary", "Origin");
            const std::string_view origin = exchange.request.headers.get("origin");
            if (!origins.allows(origin)) return;
            response.headers.emplace_back("Access-Control-Allow-Origin", origins.allows_all() ? "*" : origin);
            response.headers.emplace_back("Access-Control-Expose-Headers",
                                          "X-Request-ID, Retry-After, ETag, RateLimit, RateLimit-Policy");
            const std::string* const allow = find_header(response, "Allow");
            if (allow == nullptr) return;
            response.headers.emplace_back("Access-Control-Allow-Methods", std::string(*allow));
            response.headers.emplace_back(
                "Access-Control-Allow-Headers",
                "Content-Type, X-Request-ID, X-Tenant, X-Device-Id, If-Match, If-None-Match, traceparent");
            response.headers.emplace_back("Access-Control-Max-Age", "86400");
          }};
}

Middleware check_host(AllowedHosts hosts) {
  return {.name = "host", .before = [hosts = std::move(hosts)](Exchange& exchange) -> Refusal {
            const Request& request = exchange.request;
            if (hosts.allows(request.host)) return std::nullopt;
            const std::string_view name = without_port(request.host).substr(0, kShownHostBytes);
            return problem(
                421, "misdirected",
                fit::format("this server is not addressed as {}; ALLOWED_HOSTS can allow it", name), request);
          }};
}

Middleware check_origin(AllowedOrigins origins, std::string public_origin) {
  return {.name = "origin",
          .before = [origins = std::move(origins),
                     public_origin = std::move(public_origin)](Exchange& exchange) -> Refusal {
            const Request& request = exchange.request;
            if (!is_from_another_origin(request, origins, public_origin)) return std::nullopt;
            return other_origin(request);
          }};
}

Middleware refuse_unknown_routes() {
  return {.name = "routes", .before = [](Exchange& exchange) -> Refusal {
            const Request& request = exchange.request;
            const Router::Match& match = exchange.match;
            if (match.route != nullptr) return std::nullopt;
            if (match.allowed.empty()) {
              return problem(404, "not_found", "there is nothing at this path; /docs lists what there is",
                             request);
            }
            Response response =
                request.method == Method::kOptions
                    ? no_content()
                    : problem(405, "method_not_allowed", "this path does not take that method", request);
            response.headers.emplace_back("Allow", allowed_methods(match));
            return response;
          }};
}

Middleware refuse_unknown_parameters() {
  return {.name = "parameters", .before = [](Exchange& exchange) -> Refusal {
            const auto& known = exchange.match.route->query_parameters;
            if (!known) return std::nullopt;
            for (const auto& [name, value] : query_parameters(exchange.request.query)) {
              if (std::ranges::contains(*known, name)) continue;
              const auto nearest = text::nearest_name(name, *known);
              return invalid(name.substr(0, kMaxShownParameter),
                             "is not a known query parameter" +
                                 (nearest ? fit::format("; did you mean {}?", *nearest) : std::string()));
            }
            return std::nullopt;
          }};
}

Middleware refuse_when_stopping() {
  return {.name = "shutdown", .before = [](Exchange& exchange) -> Refusal {
            if (!exchange.server_is_stopping || exchange.request.path == "/live") {
              return std::nullopt;
            }
            const Error stopping{ErrorCode::kUnavailable, "the server is stopping", {}, {}};
            return problem(stopping, exchange.request);  // expected, and therefore not logged as an error
          }};
}

Error body_too_large(std::size_t limit) {
  return {ErrorCode::kTooLarge,
          fit::format("is larger than the {} bytes that this path takes", limit),
          "body",
          {}};
}

Middleware check_bodies() {
  return {
      .name = "bodies", .before = [](Exchange& exchange) -> Refusal {
        const Request& request = exchange.request;
        const std::size_t limit = exchange.match.route->max_body_bytes;
        if (request.content_length.value_or(0) > limit) return body_too_large(limit);
        const std::string_view encoding = request.headers.get("content-encoding");
        if (encoding.empty() || encoding == "identity") return std::nullopt;
        return Error{
            ErrorCode::kUnsupportedMedia, "must be absent: send the body as it is", "Content-Encoding", {}};
      }};
}

Middleware authenticate_known(Authenticator& authenticator, std::string public_origin) {
  return {
      .name = "known principal",
      .before = [&authenticator, public_origin = std::move(public_origin)](Exchange& exchange) -> Refusal {
        if (!exchange.match.route->required_scope) {
          exchange.is_authenticated = true;  // nobody needs to know who calls
          return std::nullopt;
        }
        auto known = authenticator.try_authenticate(exchange.request);
        if (!known) return std::nullopt;
        FIT_TRY(Principal principal, *std::move(known));
        exchange.note_caller(principal);
        return accept(exchange, std::move(principal), public_origin);
      }};
}

Middleware authenticate(Authenticator& authenticator, std::string public_origin) {
  return {
      .name = "principal",
      .stage = Stage::kWorker,
      .before = [&authenticator, public_origin = std::move(public_origin)](Exchange& exchange) -> Refusal {
        if (exchange.is_authenticated) return std::nullopt;
        FIT_TRY(Principal principal, authenticator.authenticate(exchange.request));
        return accept(exchange, std::move(principal), public_origin);
      }};
}

std::vector<Middleware> standard_middleware(const MiddlewareOptions& options) {
  const std::string public_origin = options.public_url ? options.public_url->origin : "";
  std::vector<Middleware> middleware;
  middleware.push_back(assign_request_ids(options.tracer));
  middleware.push_back(log_requests(options.metrics, options.log));
  if (options.audit != nullptr) middleware.push_back(record_audit(*options.audit));
  middleware.push_back(add_security_headers(options.public_url && options.public_url->is_https));
  if (!options.allowed_origins.is_empty()) middleware.push_back(allow_origins(options.allowed_origins));
  middleware.push_back(show_missing_pages(options.app_files));
  middleware.push_back(check_host(options.allowed_hosts));
  middleware.push_back(check_origin(options.allowed_origins, public_origin));
  middleware.push_back(refuse_unknown_routes());
  middleware.push_back(refuse_when_stopping());
  middleware.push_back(authenticate_known(options.authenticator, public_origin));
  middleware.push_back(refuse_unknown_parameters());
  middleware.push_back(check_bodies());
  middleware.push_back(authenticate(options.authenticator, public_origin));
  if (options.rate_limits) middleware.push_back(limit_rates(*options.rate_limits));
  return middleware;
}

}  // namespace fit::http
