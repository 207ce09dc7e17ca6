#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "ingest/sources/test_crawling.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Json shopify_product(int id, bool is_available = true) {
  return {{"id", id},
          {"title", fit::format("Coat {}", id)},
          {"handle", fit::format("coat-{}", id)},
          {"body_html", "<p>Warm &amp; red</p>"},
          {"published_at", "2026-01-02T03:04:05-05:00"},
          {"vendor", "Acme"},
          {"product_type", "Coats"},
          {"tags", {"women", "sale"}},
          {"variants",
           {{{"id", 1}, {"option1", "S"}, {"price", "30.00"}, {"available", false}},
            {{"id", 2}, {"option1", "M"}, {"price", "45.00"}, {"available", is_available}},
            {{"id", 3}, {"option1", "L"}, {"price", "49.00"}, {"available", is_available}}}},
          {"images", {{{"id", 9}, {"src", fit::format("https://cdn.example/{}.jpg", id)}, {"width", 800}}}},
          {"options", {{{"name", "Size"}, {"position", 1}, {"values", {"S", "M", "L"}}}}}};
}

std::string shopify_page(const std::vector<Json>& products) {
  return Json{{"products", products}}.dump();
}

std::string page_target(int number) {
  return fit::format("/products.json?limit=250&page={}", number);
}

TEST(ShopifySource, ReadsProducts) {
  TestSite site;
  site.set("/meta.json", R"({"id": 1, "name": "Shop", "currency": "USD"})");
  site.set(page_target(1), shopify_page({shopify_product(1), shopify_product(2, false)}));
  site.set(page_target(2), shopify_page({shopify_product(3)}));
  site.set(page_target(3), shopify_page({}));
  TestCrawler client;
  const SweptPages swept =
      run_sweep(source_at(SourceKind::kShopify, site.url("/")), client.crawler, {.forgetful = true});
  EXPECT_TRUE(swept.last.is_complete);
  ASSERT_THAT(swept.ids(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(site.count("/meta.json"), 1);
  const FetchedListing& coat = swept.listing("1");
  const domain::Listing& listing = coat.item.listing;
  EXPECT_EQ(listing.title, "Coat 1");
  EXPECT_EQ(listing.brand, "Acme");
  EXPECT_EQ(listing.description, "Warm & red");
  EXPECT_EQ(listing.price, 45);  // the lowest that can be bought
  EXPECT_EQ(listing.currency, "USD");
  EXPECT_EQ(listing.size, "M, L");
  EXPECT_EQ(listing.status, "active");
  EXPECT_EQ(listing.url, site.url("/products/coat-1"));
  EXPECT_EQ(coat.item.images.at(0).location, "https://cdn.example/1.jpg");
  EXPECT_EQ(coat.origins.at("price"), "variants");
  EXPECT_EQ(coat.origins.at("title"), "title");
  EXPECT_EQ(coat.origins.at("size"), "options");
  EXPECT_EQ(swept.listing("2").item.listing.status, "sold");
  EXPECT_EQ(swept.listing("2").item.listing.price, 30);
}

TEST(ShopifySource, ReadsACollectionWithTheCurrencyOfTheSettings) {
  TestSite site;
  site.set("/collections/coats" + page_target(1), shopify_page({shopify_product(1)}));
  site.set("/collections/coats" + page_target(2), shopify_page({}));
  TestCrawler client;
  const SweptPages swept =
      run_sweep(source_at(SourceKind::kShopify, site.url("/collections/coats/"), {{"currency", "EUR"}}),
                client.crawler);
  EXPECT_EQ(swept.listing("1").item.listing.currency, "EUR");
  EXPECT_EQ(swept.listing("1").origins.at("currency"), "settings");
  EXPECT_EQ(site.count("/meta.json"), 0);
}

TEST(ShopifySource, EndsWhenPagesRepeat) {
  TestSite site;
  site.set_fallback([](const net::TestServer::Request& request) {
    return request.target.starts_with("/products.json")
               ? net::TestServer::answer(200, shopify_page({shopify_product(1), shopify_product(2)}))
               : net::TestServer::answer(404, "");
  });
  TestCrawler client;
  const SweptPages swept = run_sweep(source_at(SourceKind::kShopify, site.url()), client.crawler);
  EXPECT_EQ(swept.last.end, FetchEnd::kDone);
  EXPECT_THAT(swept.ids(), ElementsAre("1", "2"));
  EXPECT_FALSE(swept.remarks.empty());  // the currency is not known
}

TEST(ShopifySource, TroubleIsNotAnEmptyShop) {
  TestSite site;
  site.set(page_target(1), "<html>Password protected</html>");
  TestCrawler client;
  const OpenSource source = source_at(SourceKind::kShopify, site.url());
  EXPECT_EQ(run_sweep(source, client.crawler).last.end, FetchEnd::kFailed);
  site.set(page_target(1), R"({"errors": "no"})");
  EXPECT_EQ(run_sweep(source, client.crawler).last.end, FetchEnd::kFailed);
  site.set_answer(page_target(1), [](const auto&) { return net::TestServer::answer(430, ""); });
  EXPECT_EQ(run_sweep(source, client.crawler).last.end, FetchEnd::kBlocked);
  site.set_answer(page_target(1),
                  [](const auto&) { return net::TestServer::answer(429, "", "Retry-After: 9000\r\n"); });
  const SweptPages blocked = run_sweep(source, client.crawler);
  EXPECT_EQ(blocked.last.end, FetchEnd::kBlocked);
  EXPECT_TRUE(blocked.last.retry_at);
  EXPECT_THAT(blocked.listings, IsEmpty());
}

TEST(ShopifySource, BudgetsEndARunAndTheNextContinues) {
  TestSite site;
  site.set("/meta.json", R"({"currency": "USD"})");
  for (int i = 1; i <= 4; ++i) site.set(page_target(i), shopify_page({shopify_product(i)}));
  site.set(page_target(5), shopify_page({}));
  TestCrawler client;
  const OpenSource source = source_at(SourceKind::kShopify, site.url());
  const SweptPages first = run_sweep(source, client.crawler, {.budget = {.pages = 4}});
  EXPECT_EQ(first.last.end, FetchEnd::kBudget);
  EXPECT_THAT(first.ids(), ElementsAre("1", "2"));
  const SweptPages second = run_sweep(source, client.crawler, {.state = first.last.state});
  EXPECT_THAT(second.ids(), ElementsAre("3", "4"));
  EXPECT_TRUE(second.last.is_complete);
  EXPECT_EQ(second.last.sweep_started_at, first.last.sweep_started_at);
}

TEST(ShopifySource, OddProductsCostThemselvesOnly) {
  TestSite site;
  site.set(page_target(1), R"json({"products": [{"title": "no id"}, 7, null, {"id": 5, "variants": "none",
    "images": [{"src": "//cdn.example/5.jpg"}, {"src": "javascript:alert(1)"}], "options": [null, {"name": 3}],
    "handle": ["x"], "title": {"a": 1}}]})json");
  site.set(page_target(2), shopify_page({}));
  TestCrawler client;
  const SweptPages swept = run_sweep(source_at(SourceKind::kShopify, site.url()), client.crawler);
  EXPECT_THAT(swept.ids(), ElementsAre("5"));
  EXPECT_EQ(swept.listing("5").item.images.at(0).location, "https://cdn.example/5.jpg");
  EXPECT_FALSE(swept.last.is_complete);
}

}  // namespace
}  // namespace fit::ingest
