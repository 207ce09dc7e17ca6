#include "http/rate_limits.h"

#include <gtest/gtest.h>

#include <map>

#include "cache/memory_rate_limiter.h"
#include "http/middleware.h"

namespace fit::http {
namespace {

RateLimit parsed_limit(std::string_view text) {
  return RateLimit::parse("X", text).value();
}

std::string fields_named(const Response& response, std::string_view name) {
  std::string all;
  for (const auto& [field, value] : response.headers) {
    if (field == name) all += value;
  }
  return all;
}

class RateLimitsTest : public ::testing::Test {
 protected:
  RateLimitsTest() {
    options_.limits = {.search = parsed_limit("2/minute"),
                       .write = parsed_limit("3/hour"),
                       .ingest = parsed_limit("1/day"),
                       .embedding = {},
                       .sign_in = parsed_limit("1/minute"),
                       .keys = parsed_limit("4/second burst 8")};
    route_.handler = [this](const Request&) -> Result<Response> {
      ++handled_;
      return Response{};
    };
  }

  // The response to a request of an anonymous caller at an address, or of a principal.
  Response send(RouteClass route_class, std::string address, const std::string& principal = "") {
    route_.route_class = route_class;
    const Pipeline pipeline({limit_rates(options_)}, Log::silent());
    Exchange exchange;
    exchange.request.principal.id = principal;
    if (own_limits_.contains(principal)) exchange.request.principal.rate_limit = own_limits_[principal];
    exchange.match.route = &route_;
    exchange.request.path = "/v1/x";
    exchange.request.client_address = std::move(address);
    return pipeline.handle(exchange);
  }

  std::chrono::steady_clock::time_point now_{std::chrono::hours(100)};
  Metrics metrics_;
  cache::MemoryRateLimiter limiter_{{.now = [this] { return now_; }}};
  RateLimitOptions options_{.limiter = limiter_, .metrics = metrics_};
  Route route_{.pattern = "/v1/x", .required_scope = kPublic, .route_class = RouteClass::kNone};
  std::map<std::string, RateLimit> own_limits_;  // of principals
  int handled_ = 0;
};

TEST_F(RateLimitsTest, AnswersCarryThePolicyAndWhatIsLeft) {
  const Response first = send(RouteClass::kSearch, "192.0.2.7");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(fields_named(first, "RateLimit-Policy"), R"("search";q=2;w=60)");
  EXPECT_EQ(fields_named(first, "RateLimit"), R"("search";r=1;t=30)");
  now_ += std::chrono::milliseconds(500);
  const Response second = send(RouteClass::kSearch, "192.0.2.7");
  EXPECT_EQ(fields_named(second, "RateLimit"), R"("search";r=0;t=30)");
  const Response refused = send(RouteClass::kSearch, "192.0.2.7");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.content_type, "application/problem+json");
  EXPECT_TRUE(refused.body.contains("more requests than 2/minute; try again in 30 s")) << refused.body;
  EXPECT_TRUE(refused.body.contains(R"("code":"rate_limit_exceeded")")) << refused.body;
  EXPECT_EQ(fields_named(refused, "Retry-After"), "30");
  EXPECT_EQ(fields_named(refused, "RateLimit"), R"("search";r=0;t=30)");
  EXPECT_EQ(fields_named(refused, "RateLimit-Policy"), R"("search";q=2;w=60)");
  EXPECT_EQ(handled_, 2);
  EXPECT_TRUE(metrics_.expose().contains(R"(fit_http_rate_limited_total{class="search"} 1)"));
  now_ += std::chrono::seconds(30);
  EXPECT_EQ(send(RouteClass::kSearch, "192.0.2.7").status, 200);
}

TEST_F(RateLimitsTest, EachAddressAndEachClassHasItsOwnBucket) {
  EXPECT_EQ(send(RouteClass::kIngest, "192.0.2.7").status, 200);
  EXPECT_EQ(send(RouteClass::kIngest, "192.0.2.7").status, 429);
  EXPECT_EQ(send(RouteClass::kIngest, "192.0.2.8").status, 200);
  EXPECT_EQ(send(RouteClass::kWrite, "192.0.2.7").status, 200);
  EXPECT_EQ(send(RouteClass::kIngest, "2001:db8:1:2:3::4").status, 200);
  EXPECT_EQ(send(RouteClass::kIngest, "2001:db8:1:2:ffff::1").status, 429) << "the same subscriber";
  EXPECT_EQ(send(RouteClass::kIngest, "2001:db8:1:3::4").status, 200);
}

TEST_F(RateLimitsTest, RoutesAndClassesWithoutALimitAreNotCounted) {
  for (int i = 0; i < 20; ++i) {
    for (const RouteClass route_class : {RouteClass::kNone, RouteClass::kEmbedding}) {
      const Response response = send(route_class, "192.0.2.7");
      EXPECT_EQ(response.status, 200);
      EXPECT_TRUE(response.headers.empty());
    }
  }
  EXPECT_EQ(limiter_.size(), 0U);
}

TEST_F(RateLimitsTest, APrincipalHasTheLimitOfKeysWhereverItIs) {
  for (int i = 0; i < 8; ++i) EXPECT_EQ(send(RouteClass::kSearch, std::to_string(i), "key:7").status, 200);
  const Response refused = send(RouteClass::kSearch, "9", "key:7");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(fields_named(refused, "RateLimit-Policy"), R"("search";q=8;w=2)");
  EXPECT_EQ(fields_named(refused, "Retry-After"), "1");
  EXPECT_EQ(send(RouteClass::kWrite, "9", "key:7").status, 200);
  EXPECT_EQ(send(RouteClass::kSearch, "9", "key:8").status, 200);
}

TEST_F(RateLimitsTest, WhoeverReachesAnOpenServerIsLimitedByAddress) {
  EXPECT_EQ(send(RouteClass::kIngest, "192.0.2.7", "local").status, 200);
  EXPECT_EQ(send(RouteClass::kIngest, "192.0.2.7").status, 429);
  EXPECT_EQ(send(RouteClass::kIngest, "192.0.2.8", "local").status, 200);
}

TEST_F(RateLimitsTest, APrincipalMayHaveALimitOfItsOwn) {
  own_limits_["key:7"] = parsed_limit("1/hour");
  EXPECT_EQ(send(RouteClass::kSearch, "192.0.2.7", "key:7").status, 200);
  EXPECT_EQ(send(RouteClass::kSearch, "192.0.2.7", "key:7").status, 429);
  EXPECT_EQ(send(RouteClass::kSearch, "192.0.2.7", "key:8").status, 200);
  EXPECT_EQ(send(RouteClass::kSearch, "192.0.2.7", "key:8").status, 200);
}

TEST_F(RateLimitsTest, AttemptsToSignInAreCountedByAddressForAll) {
  EXPECT_EQ(send(RouteClass::kSignIn, "192.0.2.7").status, 200);
  const Response refused = send(RouteClass::kSignIn, "192.0.2.7", "key:7");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(fields_named(refused, "RateLimit-Policy"), R"("sign-in";q=1;w=60)");
}

TEST_F(RateLimitsTest, FailedAndContinuedRequestsCarryTheFieldsOnce) {
  route_.handler = [](const Request&) -> Result<Response> { return not_found("nothing"); };
  const Response failed = send(RouteClass::kSearch, "192.0.2.7");
  EXPECT_EQ(failed.status, 404);
  EXPECT_EQ(fields_named(failed, "RateLimit"), R"("search";r=1;t=30)");

  const auto last = [](const Request&) -> Result<Response> { return Response{}; };
  route_.handler = [&last](const Request&) -> Result<Response> { return continue_on(RunOn::kFetch, last); };
  const Pipeline pipeline({limit_rates(options_)}, Log::silent());
  Exchange exchange;
  exchange.match.route = &route_;
  exchange.request.client_address = "192.0.2.7";
  const Response first = pipeline.handle(exchange);
  ASSERT_TRUE(first.next);
  const Response second = pipeline.resume(exchange, *first.next);
  EXPECT_EQ(fields_named(second, "RateLimit"), R"("search";r=0;t=30)");
}

TEST(NetworkOf, IsAnIpv4AddressOrTheFirstHalfOfAnIpv6Address) {
  EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("2001:DB8::1"), "2001:db8::/64");
  EXPECT_EQ(network_of("::1"), "::/64");
  EXPECT_EQ(network_of("fe80::1%eth0"), "fe80::/64");
  EXPECT_EQ(network_of("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("unknown"), "unknown");
  EXPECT_EQ(network_of(""), "");
}

}  // namespace
}  // namespace fit::http
