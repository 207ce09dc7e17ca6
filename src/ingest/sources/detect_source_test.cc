#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "ingest/sources/test_crawling.h"

namespace fit::ingest {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

Result<Detected> detect(const std::string& address, TestCrawler& client) {
  return detect_source(address, {}, client.crawler, {});
}

TEST(DetectSource, FindsAFeed) {
  TestSite site;
  std::string feed = "id,title,image_url\n";
  for (int i = 0; i < 30; ++i) feed += fit::format("{},Coat,https://c.example/1.jpg\n", i);
  site.set("/feed.csv", feed, "text/csv");
  TestCrawler client;
  const auto found = detect(site.url("/feed.csv"), client);
  ASSERT_TRUE(found) << found.error().describe();
  EXPECT_EQ(found->settings.kind, SourceKind::kFeed);
  EXPECT_THAT(found->listings, SizeIs(10));
}

TEST(DetectSource, FindsShops) {
  TestSite shopify;
  shopify.set("/products.json?limit=250&page=1", R"({"products": [{"id": 1, "title": "A", "handle": "a"}]})");
  shopify.set("/products.json?limit=250&page=2", R"({"products": []})");
  TestCrawler client;
  const auto first = detect(shopify.url("/"), client);
  ASSERT_TRUE(first) << first.error().describe();
  EXPECT_EQ(first->settings.kind, SourceKind::kShopify);

  TestSite woo;
  woo.set("/wp-json/wc/store/v1/products?per_page=100&page=1&orderby=id&order=asc",
          R"([{"id": 1, "name": "A", "prices": {"price": "100", "currency_code": "EUR"}}])");
  const auto second = detect(woo.url("/"), client);
  ASSERT_TRUE(second) << second.error().describe();
  EXPECT_EQ(second->settings.kind, SourceKind::kWooCommerce);
  EXPECT_THAT(second->tried, SizeIs(1));
}

TEST(DetectSource, FindsASiteAndSaysWhyNothingFits) {
  TestSite site;
  site.set("/sitemap.xml", "<urlset><url><loc>" + site.url("/coat/1") + "</loc></url></urlset>");
  site.set("/coat/1", product_page("Coat", "10"));
  TestCrawler client;
  const auto found = detect(site.url("/"), client);
  ASSERT_TRUE(found) << found.error().describe();
  EXPECT_EQ(found->settings.kind, SourceKind::kSite);
  EXPECT_EQ(found->listings.at(0).origins.at("price"), "json_ld");

  TestSite none;
  const auto nothing = detect(none.url("/"), client);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::kBadGateway);
  EXPECT_THAT(nothing.error().message, HasSubstr("shopify"));
  EXPECT_THAT(nothing.error().message, HasSubstr("sitemap.xml"));
}

TEST(Capture, ReadsWhatABrowserShows) {
  const auto shown = read_capture("mine", "https://shop.example/coat/1", product_page("Coat", "0"));
  ASSERT_TRUE(shown) << shown.error().describe();
  ASSERT_THAT(*shown, SizeIs(1));
  EXPECT_EQ(shown->at(0).item.listing.source, "mine");
  EXPECT_EQ(shown->at(0).item.images.at(0).location, "https://shop.example/img/Coat.jpg");
  EXPECT_FALSE(shown->at(0).item.listing.price);
  EXPECT_EQ(read_capture("mine", "https://shop.example/", "<html><body>hello</body></html>").error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(read_capture("mine", "file:///etc/passwd", "<html></html>").error().field, "url");
}

}  // namespace
}  // namespace fit::ingest
