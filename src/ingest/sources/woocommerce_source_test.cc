#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "ingest/sources/test_crawling.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;

std::string woo_target(int number) {
  return fit::format("/wp-json/wc/store/v1/products?per_page=100&page={}&orderby=id&order=asc", number);
}

std::string woo_product(int id, std::string_view price = "1999", bool in_stock = true) {
  return fit::format(
      R"({{"id": {0}, "name": "Dress &#8211; {0}", "slug": "dress-{0}", "permalink": "https://shop.example/dress-{0}/",
"short_description": "<p>Short</p>", "description": "<p>Long</p>", "on_sale": true,
"prices": {{"price": "{1}", "regular_price": "2999", "currency_code": "EUR", "currency_minor_unit": 2}},
"images": [{{"id": 1, "src": "https://shop.example/{0}.jpg", "thumbnail": "https://shop.example/{0}-s.jpg"}}],
"categories": [{{"id": 3, "name": "Dresses"}}], "brands": [{{"id": 4, "name": "Acme"}}],
"attributes": [{{"name": "Size", "terms": [{{"id": 1, "name": "S"}}, {{"id": 2, "name": "M"}}]}}],
"is_in_stock": {2}}})",
      id, price, in_stock);
}

TEST(WooCommerceSource, ReadsTheStoreApi) {
  TestSite site;
  const auto answer = [](const std::string& body) {
    return [body](const auto&) {
      return net::TestServer::answer(200, body, "X-WP-Total: 3\r\nX-WP-TotalPages: 2\r\n");
    };
  };
  site.set_answer("/shop" + woo_target(1),
                  answer("[" + woo_product(1) + "," + woo_product(2, "0", false) + "]"));
  site.set_answer("/shop" + woo_target(2), answer("[" + woo_product(3) + "]"));
  TestCrawler client;
  const SweptPages swept =
      run_sweep(source_at(SourceKind::kWooCommerce, site.url("/shop/")), client.crawler, {.forgetful = true});
  EXPECT_TRUE(swept.last.is_complete);
  EXPECT_EQ(swept.last.pages_total, 2);
  ASSERT_THAT(swept.ids(), ElementsAre("1", "2", "3"));
  const FetchedListing& dress = swept.listing("1");
  EXPECT_EQ(dress.item.listing.title, "Dress \u2013 1");
  EXPECT_EQ(dress.item.listing.description, "Long");
  EXPECT_EQ(dress.item.listing.price, 19.99);
  EXPECT_EQ(dress.item.listing.currency, "EUR");
  EXPECT_EQ(dress.item.listing.brand, "Acme");
  EXPECT_EQ(dress.item.listing.size, "S, M");
  EXPECT_EQ(dress.item.listing.url, "https://shop.example/dress-1/");
  EXPECT_EQ(dress.item.images.at(0).location, "https://shop.example/1.jpg");
  EXPECT_EQ(swept.listing("2").item.listing.status, "sold");
  EXPECT_FALSE(swept.listing("2").item.listing.price);
}

TEST(WooCommerceSource, ReadsWithoutTotalsAndOddProducts) {
  TestSite site;
  site.set(woo_target(1), R"([{"id": 1, "name": "A", "prices": {"price": "1e999"}}, {"id": 2, "prices": []},
    {"id": 3, "prices": {"price": "5", "currency_minor_unit": -4}, "attributes": [{"name": 1}], "brands": "x"}, "no"])");
  TestCrawler client;
  const SweptPages swept = run_sweep(source_at(SourceKind::kWooCommerce, site.url()), client.crawler);
  EXPECT_THAT(swept.ids(), ElementsAre("1", "2", "3"));
  EXPECT_FALSE(swept.last.is_complete);
  EXPECT_EQ(swept.last.end, FetchEnd::kDone);
}

TEST(WooCommerceSource, OtherServersAreNoShops) {
  TestSite site;
  TestCrawler client;
  const OpenSource source = source_at(SourceKind::kWooCommerce, site.url());
  EXPECT_EQ(run_sweep(source, client.crawler).last.end, FetchEnd::kFailed);
  site.set(woo_target(1), R"({"code": "rest_no_route"})");
  EXPECT_EQ(run_sweep(source, client.crawler).last.end, FetchEnd::kFailed);
}

}  // namespace
}  // namespace fit::ingest
