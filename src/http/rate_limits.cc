#include "http/rate_limits.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "base/format.h"
#include "http/middleware.h"
#include "http/problem.h"

namespace fit::http {
namespace {

using std::chrono::seconds;

RateLimit limit_by_address(const RateLimits& limits, RouteClass route_class) {
  switch (route_class) {
    case RouteClass::kNone:
      return {};
    case RouteClass::kSearch:
      return limits.search;
    case RouteClass::kWrite:
      return limits.write;
    case RouteClass::kIngest:
      return limits.ingest;
    case RouteClass::kSignIn:
      return limits.sign_in;
    case RouteClass::kEmbedding:
      return limits.embedding;
  }
  return {};
}

// Whose tokens a request takes, and how many there are.
struct Budget {
  std::string owner;
  RateLimit limit;
};

Budget budget_of(const RateLimitOptions& options, RouteClass route_class, const Request& request) {
  const Principal& principal = request.principal;
  if (principal.is_anybody() || route_class == RouteClass::kSignIn) {
    const RateLimit limit = limit_by_address(options.limits, route_class);
    if (limit.is_off()) return {};
    return {.owner = "address:" + network_of(request.client_address), .limit = limit};
  }
  return {.owner = principal.id, .limit = principal.rate_limit.value_or(options.limits.keys)};
}

std::int64_t whole_seconds(std::chrono::nanoseconds time) {
  return std::chrono::ceil<seconds>(time).count();
}

// The policy of a limit. With a burst above the count it is the burst in the time that fills it, so that the
// quota is never below the number that is left.
std::string policy_field(std::string_view name, const RateLimit& limit) {
  if (limit.burst <= limit.count)
    return fit::format("\"{}\";q={};w={}", name, limit.count, limit.window.count());
  return fit::format("\"{}\";q={};w={}", name, limit.burst, whole_seconds(limit.time_to_fill()));
}

Counter& refused_requests(Metrics& metrics, RouteClass route_class) {
  return metrics.counter("fit_http_rate_limited_total", "Requests refused because of a rate limit",
                         {{"class", std::string(to_string(route_class))}});
}

Response refusal(const Request& request, const RateLimit& limit, std::int64_t wait_s) {
  Response response =
      problem(429, "rate_limit_exceeded",
              fit::format("more requests than {}; try again in {} s", to_string(limit), wait_s), request);
  response.headers.emplace_back("Retry-After", std::to_string(wait_s));
  return response;
}

}  // namespace

Middleware limit_rates(const RateLimitOptions& options) {
  // Counters are shown from the start, so that an alert has a value to compare with.
  for (const RouteClass limited : {RouteClass::kSearch, RouteClass::kWrite, RouteClass::kIngest,
                                   RouteClass::kSignIn, RouteClass::kEmbedding}) {
    refused_requests(options.metrics, limited);
  }
  const auto before = [options](Exchange& exchange) -> Result<std::optional<Response>> {
    const Request& request = exchange.request;
    const RouteClass route_class = exchange.match.route->route_class;
    if (route_class == RouteClass::kNone) return std::nullopt;
    const auto [owner, limit] = budget_of(options, route_class, request);
    if (limit.is_off()) return std::nullopt;
    const std::string_view name = to_string(route_class);
    const cache::TokenResult result = options.limiter.take(fit::format("{}:{}", name, owner), limit);
    const std::int64_t wait_s = std::max<std::int64_t>(1, whole_seconds(result.until_next));
    const auto add_fields = [&](auto& headers) {
      headers.emplace_back("RateLimit-Policy", policy_field(name, limit));
      headers.emplace_back("RateLimit", fit::format("\"{}\";r={};t={}", name, result.remaining, wait_s));
    };
    if (result.is_taken) {
      add_fields(exchange.worker_headers);
      return std::nullopt;
    }
    refused_requests(options.metrics, route_class).add();
    Response response = refusal(request, limit, wait_s);
    add_fields(response.headers);
    return response;
  };
  return {.name = "rate limits", .stage = Middleware::Stage::kWorker, .before = before};
}

std::string network_of(std::string_view address) {
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const std::string text(address.substr(0, address.find('%')));  // without the scope of a link-local address
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::string(address);
  std::array<char, INET6_ADDRSTRLEN> network{};
  if (std::ranges::equal(kMapped, std::span(bytes).first<12>())) {
    ::inet_ntop(AF_INET, bytes.data() + 12, network.data(), network.size());
    return network.data();
  }
  std::ranges::fill(std::span(bytes).last<8>(), 0);
  ::inet_ntop(AF_INET6, bytes.data(), network.data(), network.size());
  return std::string(network.data()) + "/64";
}

}  // namespace fit::http
