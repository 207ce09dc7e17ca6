#pragma once

#include <string>
#include <string_view>

#include "base/metrics.h"
#include "base/rate_limit.h"
#include "cache/rate_limiter.h"
#include "http/principal.h"

namespace fit::http {

struct Middleware;

// The limits of a server. One that is off limits nothing.
struct RateLimits {
  // Of anonymous callers, by address and route class.
  RateLimit search = {};
  RateLimit write = {};
  RateLimit ingest = {};
  RateLimit embedding = {};
  // Of attempts to sign in, by address, whoever the caller is: other credentials buy no further attempts.
  RateLimit sign_in = {};
  // Of each principal without a limit of its own, by route class.
  RateLimit keys = {};
};

// What limit_rates() uses.
struct RateLimitOptions {
  cache::RateLimiter& limiter;  // must outlive the middleware
  Metrics& metrics;             // must outlive the middleware
  RateLimits limits = {};
};

// Takes a token of the caller for each request of a route with a route class, on the worker, after the caller
// is known. 429 with Retry-After when there is none. Admitted and refused requests get the header fields
// RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers): "search";q=10;w=60 is a policy of 10
// requests in 60 seconds, "search";r=9;t=6 says that 9 are left until one more is added in 6 seconds.
Middleware limit_rates(const RateLimitOptions& options);

// The network whose clients share the limits by address: an IPv4 address itself, or the first 64 bits of an
// IPv6 address, "2001:db8:0:1::/64", which is the network of one subscriber. Other texts are returned as they
// are.
std::string network_of(std::string_view address);

}  // namespace fit::http
