#include "http/exchange.h"

#include <algorithm>
#include <cctype>
#include <random>

#include "base/format.h"
#include "base/hash.h"
#include "http/problem.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxRequestId = 128;
constexpr std::string_view kApiPolicy = "default-src 'none'; frame-ancestors 'none'";

bool has_header(const Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers, [&](const auto& header) { return header.first == name; });
}

void add_unless_there(Response& response, std::string_view name, std::string_view value) {
  if (!has_header(response, name)) response.headers.emplace_back(name, value);
}

}  // namespace

Finisher::Finisher(Metrics& metrics, Log log, std::string cors_origin)
    : metrics_(metrics),
      log_(std::move(log)),
      cors_origin_(std::move(cors_origin)),
      in_flight_(metrics.gauge("fit_http_requests_in_flight", "Requests being answered now")) {}

void Finisher::finish(const Request& request, const Facts& facts, Response& response) {
  response.headers.emplace_back("X-Request-ID", request.request_id);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("X-Frame-Options", "DENY");
  response.headers.emplace_back("Referrer-Policy", "strict-origin-when-cross-origin");
  add_unless_there(response, "Content-Security-Policy", kApiPolicy);
  add_unless_there(response, "Cache-Control", "no-store");
  if (!cors_origin_.empty()) {
    add_unless_there(response, "Access-Control-Allow-Origin", cors_origin_);
    response.headers.emplace_back("Access-Control-Expose-Headers", "X-Request-ID, Retry-After");
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - facts.start;
  const std::string route(facts.route);
  const std::string method(facts.method);
  metrics_
      .counter("fit_http_requests_total", "Requests answered",
               {{"route", route}, {"method", method}, {"status", std::to_string(response.status)}})
      .add();
  metrics_
      .latency("fit_http_request_duration_seconds", "Time from a request's last byte to its answer",
               {{"route", route}})
      .observe(took.count());
  log_.info("request", {{"method", facts.method},
                        {"path", request.path},
                        {"status", response.status},
                        {"took_ms", std::round(took.count() * 1e6) / 1e3},
                        {"bytes", response.body.size()},
                        {"request_id", request.request_id}});
}

Response run_handler(const Route& route, const Request& request, const Log& log) {
  Error error;
  try {
    Result<Response> response = route.handler(request);
    if (response) return *std::move(response);
    error = std::move(response).error();
  } catch (const std::exception& exception) {
    error = internal("something went wrong; the log knows more under this request_id", exception.what());
  }
  if (status_of(error.code) >= 500) {
    log.error("request failed",
              {{"path", request.path}, {"error", error.describe()}, {"request_id", request.request_id}});
  }
  return problem(error, request);
}

RequestIds::RequestIds() : seed_(std::random_device{}()) {
  seed_ = seed_ << 32 | std::random_device{}();
}

std::string RequestIds::next() {
  const std::uint64_t number = counter_.fetch_add(1);
  return fit::format("{:016x}", xxh3(std::as_bytes(std::span(&number, 1)), seed_));
}

std::string RequestIds::accept(std::string_view given) {
  const bool sane =
      !given.empty() && given.size() <= kMaxRequestId && std::ranges::all_of(given, [](unsigned char c) {
        return c < 128 && (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.');
      });
  return sane ? std::string(given) : next();
}

}  // namespace fit::http
