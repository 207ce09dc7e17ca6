#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "ingest/sources/test_crawling.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A server with the two calls of eBay that a source needs.
struct EbayServer {
  TestSite site;
  std::atomic<int> tokens{0};

  EbayServer() {
    site.set_fallback([this](const net::TestServer::Request& request) { return answer(request); });
  }

  std::string answer(const net::TestServer::Request& request) {
    if (request.target == "/identity/v1/oauth2/token") {
      const bool is_known = request.headers.at("authorization") == "Basic aWQ6c2VjcmV0" &&
                            request.body.contains("grant_type=client_credentials");
      if (!is_known) return net::TestServer::answer(401, R"({"error": "invalid_client"})");
      return net::TestServer::answer(
          200, fit::format(R"({{"access_token": "token-{}", "expires_in": 7200}})", ++tokens));
    }
    if (request.headers.at("authorization") != fit::format("Bearer token-{}", tokens.load()))
      return net::TestServer::answer(401, "");
    const bool is_second = request.target.contains("&offset=2&");
    const std::string items = is_second ? item(3, "2020-01-01T00:00:00.000Z") : item(1) + "," + item(2);
    return net::TestServer::answer(200, R"({"total": 3, "itemSummaries": [)" + items + "]}");
  }

  static std::string item(int id, const std::string& end = "2099-01-01T00:00:00.000Z") {
    return fit::format(
        R"({{"itemId": "v1|{0}|0", "title": "Jacket {0}", "price": {{"value": "25.50", "currency": "USD"}},
"image": {{"imageUrl": "https://i.example/{0}.jpg"}}, "additionalImages": [{{"imageUrl": "https://i.example/{0}b.jpg"}}],
"itemWebUrl": "https://ebay.example/itm/{0}", "condition": "Pre-owned", "itemEndDate": "{1}",
"itemCreationDate": "2026-01-01T00:00:00.000Z", "categories": [{{"categoryId": "1", "categoryName": "Coats"}}]}})",
        id, end);
  }
};

OpenSource ebay_at(const std::string& address, const std::string& secret = "secret") {
  return source_at(SourceKind::kEbay, address,
                   {{"query", "denim jacket"},
                    {"marketplace", "EBAY_US"},
                    {"client_id", "id"},
                    {"client_secret", secret}});
}

TEST(EbaySource, ReadsWhatAQueryFinds) {
  EbayServer server;
  TestCrawler client;
  const SweptPages swept = run_sweep(ebay_at(server.site.url()), client.crawler);
  EXPECT_TRUE(swept.last.is_complete);
  ASSERT_THAT(swept.ids(), ElementsAre("v1|1|0", "v1|2|0", "v1|3|0"));
  EXPECT_EQ(server.tokens, 1);
  const FetchedListing& jacket = swept.listing("v1|1|0");
  EXPECT_EQ(jacket.item.listing.price, 25.5);
  EXPECT_EQ(jacket.item.listing.currency, "USD");
  EXPECT_EQ(jacket.item.listing.url, "https://ebay.example/itm/1");
  EXPECT_THAT(jacket.item.images, SizeIs(2));
  ASSERT_TRUE(jacket.ends_at);
  EXPECT_EQ(to_rfc3339(*jacket.ends_at).substr(0, 4), "2099");
  EXPECT_EQ(jacket.item.listing.status, "active");
  EXPECT_EQ(swept.listing("v1|3|0").item.listing.status, "sold");  // its end is over
  const auto request = server.site.requests().at(1);
  EXPECT_THAT(request.target, HasSubstr("q=denim%20jacket"));
  EXPECT_EQ(request.headers.at("x-ebay-c-marketplace-id"), "EBAY_US");
}

TEST(EbaySource, WrongCredentialsAreSaidWithoutTheSecret) {
  EbayServer server;
  TestCrawler client;
  const SweptPages swept = run_sweep(ebay_at(server.site.url(), "wrong"), client.crawler);
  EXPECT_EQ(swept.last.end, FetchEnd::kBlocked);
  ASSERT_TRUE(swept.last.ended_by);
  EXPECT_THAT(swept.last.ended_by->message, HasSubstr("401"));
  EXPECT_THAT(swept.last.state.dump(), ::testing::Not(HasSubstr("wrong")));
}

}  // namespace
}  // namespace fit::ingest
