#include "ingest/sources/crawler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/format.h"
#include "ingest/sources/test_crawling.h"

namespace fit::ingest {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A session of one run.
struct OneSession {
  TestCrawler client;
  SourceSettings settings;
  RunBudget budget;
  FetchContext context{.budget = budget};
  CrawlSession session{client.crawler, settings, context};

  CrawlResponse get(const CrawlRequest& request) {
    auto response = session.get(request);
    EXPECT_TRUE(response) << response.error().describe();
    return response ? *std::move(response) : CrawlResponse{};
  }
};

std::string redirect_to(const std::string& location, int status = 301) {
  return net::TestServer::answer(status, "", "Location: " + location + "\r\n");
}

TEST(Crawler, NamesTheProgramAndItsOperator) {
  net::HttpClient http({});
  EXPECT_EQ(Crawler(http, {.contact = "https://shop.example/bot", .version = "2"}).user_agent(),
            "FindThisFit/2 (+https://shop.example/bot)");
  TestSite site;
  site.set("/a", "here");
  OneSession one;
  EXPECT_EQ(one.get({.url = site.url("/a")}).body, "here");
  EXPECT_EQ(site.requests().at(1).headers.at("user-agent"), "FindThisFit/1");
  EXPECT_THAT(site.requests().at(1).headers.at("accept-encoding"), HasSubstr("gzip"));

  one.settings.user_agents = {"first/1", "second/1"};
  for (int i = 0; i < 3; ++i) one.get({.url = site.url("/a")});
  EXPECT_EQ(site.requests().at(2).headers.at("user-agent"), "first/1");
  EXPECT_EQ(site.requests().at(3).headers.at("user-agent"), "second/1");
  EXPECT_EQ(site.requests().at(4).headers.at("user-agent"), "first/1");
}

TEST(Crawler, ObeysRobotsAndReadsItOnce) {
  TestSite site;
  site.set("/robots.txt", "User-agent: *\nDisallow: /private\nCrawl-delay: 3\n");
  site.set("/a", "here");
  OneSession one;
  EXPECT_TRUE(one.get({.url = site.url("/a")}).is_ok());
  const CrawlResponse refused = one.get({.url = site.url("/private/x")});
  ASSERT_TRUE(refused.failure);
  EXPECT_EQ(refused.failure->problem, FetchProblem::kRobots);
  EXPECT_TRUE(one.get({.url = site.url("/a")}).is_ok());
  EXPECT_EQ(site.count("/robots.txt"), 1);
  EXPECT_THAT(site.targets(), ElementsAre("/a", "/a"));
  EXPECT_THAT(one.client.waits, Contains(::testing::Gt(std::chrono::milliseconds(2500))));
}

TEST(Crawler, RobotsThatCannotBeReadForbidEverything) {
  for (const int status : {500, 503, 429}) {
    TestSite site;
    site.set_answer("/robots.txt", [&](const auto&) { return net::TestServer::answer(status, "no"); });
    site.set("/a", "here");
    OneSession one;
    const CrawlResponse response = one.get({.url = site.url("/a")});
    ASSERT_TRUE(response.failure) << status;
    EXPECT_EQ(response.failure->problem, FetchProblem::kUnreachable) << status;
    EXPECT_THAT(site.targets(), SizeIs(0)) << status;
  }
  for (const int status : {401, 403, 404, 410}) {
    TestSite site;
    site.set_answer("/robots.txt", [&](const auto&) { return net::TestServer::answer(status, "no"); });
    site.set("/a", "here");
    OneSession one;
    EXPECT_TRUE(one.get({.url = site.url("/a")}).is_ok()) << status;
  }
}

TEST(Crawler, RobotsOfAnySizeCostALittle) {
  net::TestServer server(
      [](const net::TestServer::Request& request, net::TestServer::Connection& connection) {
        if (request.target != "/robots.txt")
          return (void)connection.send(net::TestServer::answer(200, "here"));
        connection.send(
            "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\nUser-agent: *\nDisallow: /private\n");
        const std::string line(1 << 16, '#');
        while (connection.send(line)) {
        }
      });
  OneSession one;
  EXPECT_TRUE(one.get({.url = server.url("/a")}).is_ok());
  ASSERT_TRUE(one.get({.url = server.url("/private")}).failure);
  EXPECT_LT(one.session.bytes(), 1U << 20);
}

TEST(Crawler, FollowsRedirectsOneByOne) {
  TestSite site;
  TestSite other;
  other.set("/robots.txt", "User-agent: *\nDisallow: /closed\n");
  other.set("/new", "there");
  site.set_answer("/old", [&](const auto&) { return redirect_to("/older"); });
  site.set_answer("/older", [&](const auto&) { return redirect_to(other.url("/new"), 308); });
  site.set_answer("/now", [&](const auto&) { return redirect_to(other.url("/new"), 302); });
  site.set_answer("/secret", [&](const auto&) { return redirect_to(other.url("/closed/x")); });
  site.set_answer("/circle", [&](const auto&) { return redirect_to("/circle2"); });
  site.set_answer("/circle2", [&](const auto&) { return redirect_to("/circle"); });
  site.set_answer("/file", [&](const auto&) { return redirect_to("file:///etc/passwd"); });
  site.set_fallback([](const net::TestServer::Request& request) {
    return request.target.starts_with("/deep") ? redirect_to(request.target + "x")
                                               : net::TestServer::answer(404, "");
  });
  OneSession one;
  const CrawlResponse moved = one.get({.url = site.url("/old"), .headers = {"Authorization: secret"}});
  EXPECT_EQ(moved.body, "there");
  EXPECT_EQ(moved.url, other.url("/new"));
  EXPECT_TRUE(moved.has_moved);
  EXPECT_FALSE(other.requests().back().headers.contains("authorization"));
  EXPECT_FALSE(one.get({.url = site.url("/now")}).has_moved);
  EXPECT_EQ(one.get({.url = site.url("/secret")}).failure->problem, FetchProblem::kRobots);
  EXPECT_EQ(one.get({.url = site.url("/circle")}).failure->problem, FetchProblem::kRedirects);
  EXPECT_EQ(one.get({.url = site.url("/deep")}).failure->problem, FetchProblem::kRedirects);
  EXPECT_EQ(one.get({.url = site.url("/file")}).failure->problem, FetchProblem::kForbidden);
}

TEST(Crawler, InsideAddressesAreNotAsked) {
  TestSite site;
  net::HttpClient http({});
  Crawler crawler(http, {.throttle = {.min_delay = std::chrono::milliseconds(0)}});
  RunBudget budget;
  const FetchContext context{.budget = budget};
  const SourceSettings settings;
  CrawlSession session(crawler, settings, context);
  const auto response = session.get({.url = site.url("/a"), .obeys_robots = false});
  ASSERT_TRUE(response);
  ASSERT_TRUE(response->failure);
  EXPECT_EQ(response->failure->problem, FetchProblem::kForbidden);
  EXPECT_THAT(site.requests(), SizeIs(0));
}

TEST(Crawler, WaitsAsTheServerAsksAndGivesUpOnLongPauses) {
  TestSite site;
  int calls = 0;
  site.set_answer("/busy", [&](const auto&) {
    return ++calls == 1 ? net::TestServer::answer(429, "", "Retry-After: 20\r\n")
                        : net::TestServer::answer(200, "here");
  });
  site.set_answer("/closed",
                  [](const auto&) { return net::TestServer::answer(503, "", "Retry-After: 7200\r\n"); });
  OneSession one;
  EXPECT_EQ(one.get({.url = site.url("/busy")}).body, "here");
  EXPECT_THAT(one.client.waits, Contains(::testing::Gt(std::chrono::milliseconds(19'000))));
  const CrawlResponse closed = one.get({.url = site.url("/closed")});
  ASSERT_TRUE(closed.failure);
  EXPECT_EQ(closed.failure->problem, FetchProblem::kBlocked);
  EXPECT_TRUE(closed.refuses);
  ASSERT_TRUE(closed.retry_at);
  EXPECT_GT(*closed.retry_at, now() + std::chrono::minutes(100));
  EXPECT_EQ(site.count("/closed"), 1);
}

TEST(Crawler, RefusalsInARowAreThoseOfTheHost) {
  TestSite site;
  site.set("/a", "here");
  site.set_fallback([](const auto&) { return net::TestServer::answer(403, ""); });
  site.set("/robots.txt", "");
  site.set_answer("/challenge", [](const auto&) {
    return net::TestServer::answer(200, "are you human?", "cf-mitigated: challenge\r\n");
  });
  OneSession one;
  for (int i = 0; i < 2; ++i) {
    const CrawlResponse response = one.get({.url = site.url(fit::format("/x{}", i))});
    EXPECT_EQ(response.failure->problem, FetchProblem::kBlocked);
    EXPECT_FALSE(response.refuses);
  }
  EXPECT_TRUE(one.get({.url = site.url("/a")}).is_ok());
  EXPECT_EQ(one.get({.url = site.url("/challenge")}).failure->problem, FetchProblem::kBlocked);
  EXPECT_FALSE(one.get({.url = site.url("/x3")}).refuses);
  EXPECT_TRUE(one.get({.url = site.url("/x4")}).refuses);
}

TEST(Crawler, BudgetsEndRequests) {
  TestSite site;
  site.set("/a", std::string(10'000, 'x'));
  OneSession one;
  one.budget.pages = 3;  // with robots.txt
  EXPECT_TRUE(one.get({.url = site.url("/a")}).is_ok());
  EXPECT_TRUE(one.get({.url = site.url("/a")}).is_ok());
  EXPECT_TRUE(one.get({.url = site.url("/a")}).is_over_budget);
  EXPECT_EQ(one.session.requests(), 3);
  EXPECT_GE(one.session.bytes(), 20'000U);

  one.budget.pages = 10;
  one.budget.bytes = 5000;
  const CrawlResponse large = one.get({.url = site.url("/a")});
  ASSERT_TRUE(large.failure);
  EXPECT_EQ(large.failure->problem, FetchProblem::kTooLarge);
}

TEST(Crawler, AsksConditionally) {
  TestSite site;
  site.set_answer("/a", [](const net::TestServer::Request& request) {
    const bool is_known =
        request.headers.contains("if-none-match") && request.headers.at("if-none-match") == "\"1\"";
    return is_known ? net::TestServer::answer(304, "")
                    : net::TestServer::answer(200, "here", "ETag: \"1\"\r\nLast-Modified: yesterday\r\n");
  });
  OneSession one;
  const CrawlResponse first = one.get({.url = site.url("/a")});
  EXPECT_EQ(first.etag, "\"1\"");
  const CrawlResponse second =
      one.get({.url = site.url("/a"), .etag = first.etag, .last_modified = first.last_modified});
  EXPECT_EQ(second.status, 304);
  EXPECT_FALSE(second.failure);
  EXPECT_EQ(site.requests().back().headers.at("if-modified-since"), "yesterday");
}

TEST(Crawler, TriesBrokenTransfersAgain) {
  std::atomic<int> calls{0};
  net::TestServer server(
      [&](const net::TestServer::Request& request, net::TestServer::Connection& connection) {
        if (request.target == "/robots.txt") return (void)connection.send(net::TestServer::answer(404, ""));
        if (request.target == "/always" || ++calls < 3)
          return (void)connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        connection.send(net::TestServer::answer(200, "whole"));
      });
  OneSession one;
  EXPECT_EQ(one.get({.url = server.url("/a")}).body, "whole");
  const CrawlResponse broken = one.get({.url = server.url("/always")});
  ASSERT_TRUE(broken.failure);
  EXPECT_EQ(broken.failure->problem, FetchProblem::kUnreachable);
}

TEST(Crawler, DeadlinesEndRequestsAndWaits) {
  net::TestServer server(
      [](const net::TestServer::Request& request, net::TestServer::Connection& connection) {
        if (request.target == "/robots.txt") return (void)connection.send(net::TestServer::answer(404, ""));
        if (request.target == "/silent") return connection.hang();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
        while (connection.send("slow")) std::this_thread::yield();
      });
  OneSession one;
  ASSERT_TRUE(one.session.robots_of(*net::parse_url(server.url("/"))));
  for (const char* target : {"/endless", "/silent"}) {
    const FetchContext context{.budget = one.budget,
                               .deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(300)};
    CrawlSession session(one.client.crawler, one.settings, context);
    const auto response =
        session.get({.url = server.url(target), .max_bytes = std::uint64_t{1} << 31, .is_large = true});
    ASSERT_TRUE(response) << response.error().describe();
    ASSERT_TRUE(response->failure) << target;
    EXPECT_EQ(response->failure->problem, FetchProblem::kTimeout) << target;
  }
}

TEST(Crawler, StopsAtOnce) {
  TestSite site;
  OneSession one;
  std::stop_source stop;
  stop.request_stop();
  const FetchContext context{.budget = one.budget, .stop = stop.get_token()};
  CrawlSession session(one.client.crawler, one.settings, context);
  const auto response = session.get({.url = site.url("/a")});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fit::ingest
