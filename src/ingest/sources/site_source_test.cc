#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/format.h"
#include "ingest/sources/product_pages.h"
#include "ingest/sources/test_crawling.h"

namespace fit::ingest {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string sitemap_of(const TestSite& site, const std::vector<std::string>& targets,
                       const std::string& modified = "") {
  std::string text = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>";
  for (const std::string& target : targets) {
    text += "<url><loc>" + site.url(target) + "</loc>";
    if (!modified.empty()) text += "<lastmod>" + modified + "</lastmod>";
    text += "</url>";
  }
  return text + "</urlset>";
}

void add_products(TestSite& site, int count) {
  for (int i = 0; i < count; ++i)
    site.set(fit::format("/coat/{}", i),
             product_page(fit::format("Coat {}", i), fit::format("{}.50", 10 + i)));
}

std::vector<std::string> coat_targets(int count) {
  std::vector<std::string> targets;
  for (int i = 0; i < count; ++i) targets.push_back(fit::format("/coat/{}", i));
  return targets;
}

TEST(SiteSource, ReadsTheSitemapsThatRobotsNames) {
  TestSite site;
  site.set("/robots.txt", "User-agent: *\nDisallow: /coat/2\nSitemap: /maps/index.xml\n");
  site.set("/maps/index.xml", "<sitemapindex><sitemap><loc>" + site.url("/maps/products.xml") +
                                  "</loc></sitemap><sitemap><loc>" + site.url("/maps/blog.xml") +
                                  "</loc></sitemap></sitemapindex>");
  std::vector<std::string> targets = coat_targets(4);
  targets.emplace_back("/coat/0?utm_source=sitemap");
  site.set("/maps/products.xml", sitemap_of(site, targets));
  add_products(site, 3);  // the fourth is gone
  TestCrawler client;
  const SweptPages swept = run_sweep(source_at(SourceKind::kSite, site.url("/")), client.crawler);
  EXPECT_EQ(swept.last.end, FetchEnd::kDone);
  EXPECT_FALSE(swept.last.is_complete);  // pages say themselves that they are gone
  EXPECT_THAT(site.targets(), Not(Contains("/maps/blog.xml")));
  EXPECT_THAT(site.targets(), Not(Contains("/coat/2")));
  const FetchedListing& coat = swept.listing("/coat/1");
  EXPECT_EQ(coat.item.listing.title, "Coat 1");
  EXPECT_EQ(coat.item.listing.price, 11.5);
  EXPECT_EQ(coat.item.listing.currency, "EUR");
  EXPECT_EQ(coat.item.listing.source, "shop");
  EXPECT_EQ(coat.page_url, site.url("/coat/1"));
  EXPECT_EQ(coat.origins.at("price"), "json_ld");
  ASSERT_THAT(swept.gone, SizeIs(1));
  EXPECT_EQ(swept.gone[0].external_id, "/coat/3");
  EXPECT_EQ(swept.gone[0].status, 404);
  ASSERT_THAT(swept.failures, SizeIs(1));
  EXPECT_EQ(swept.failures[0].problem, FetchProblem::kRobots);
}

TEST(SiteSource, ReadsAPackedSitemap) {
  TestSite site;
  add_products(site, 2);
  site.set("/map.xml.gz", gzip_of(sitemap_of(site, coat_targets(2))), "application/gzip");
  TestCrawler client;
  EXPECT_THAT(run_sweep(source_at(SourceKind::kSite, site.url("/map.xml.gz")), client.crawler).listings,
              SizeIs(2));
}

TEST(SiteSource, VisitsWhatIsDueOrHasChanged) {
  TestSite site;
  site.set("/sitemap.xml", sitemap_of(site, {"/coat/0"}, "2026-03-01"));
  add_products(site, 1);
  site.set_answer("/coat/0", [](const net::TestServer::Request& request) {
    return request.headers.contains("if-none-match")
               ? net::TestServer::answer(304, "")
               : net::TestServer::answer(200, product_page("Coat", "10"), "ETag: \"c0\"\r\n");
  });
  TestCrawler client;
  const OpenSource source = source_at(SourceKind::kSite, site.url());
  const SweptPages first = run_sweep(source, client.crawler);
  EXPECT_EQ(first.listing("/coat/0").etag, "\"c0\"");

  RunBudget budget;
  FetchContext context{.budget = budget};
  KnownPage known{.etag = "\"c0\"", .visited_at = *parse_rfc3339("", "2026-04-01"), .is_due = false};
  context.known_page = [&](const std::string&) -> Result<std::optional<KnownPage>> { return known; };
  const std::int64_t before = site.count("/coat/0");
  EXPECT_THAT(run_sweep(source, client.crawler, {.context = &context}).unchanged,
              ElementsAre(site.url("/coat/0")));
  EXPECT_EQ(site.count("/coat/0"), before);  // it is not due
  known.is_due = true;
  EXPECT_THAT(run_sweep(source, client.crawler, {.context = &context}).unchanged, SizeIs(1));
  EXPECT_EQ(site.count("/coat/0"), before + 1);  // 304
  known = {.visited_at = *parse_rfc3339("", "2026-02-01"), .is_due = false};
  EXPECT_THAT(run_sweep(source, client.crawler, {.context = &context}).listings,
              SizeIs(1));  // lastmod is later
}

TEST(SiteSource, VisitsKnownPagesThatNothingLinksTo) {
  TestSite site;
  site.set("/sitemap.xml", sitemap_of(site, {"/coat/0"}));
  add_products(site, 2);
  site.set_answer("/coat/3", [](const auto&) { return net::TestServer::answer(302, "", "Location: /\r\n"); });
  site.set("/", "<html><body>Welcome</body></html>");
  RunBudget budget;
  FetchContext context{.budget = budget};
  const std::vector<std::string> known = {site.url("/coat/1"), site.url("/coat/2"), site.url("/coat/3")};
  context.unseen_pages = [&](Timestamp, const std::string& after,
                             std::size_t) -> Result<std::vector<std::string>> {
    std::vector<std::string> rest;
    std::ranges::copy_if(known, std::back_inserter(rest),
                         [&](const std::string& url) { return url > after; });
    return rest;
  };
  TestCrawler client;
  const SweptPages swept =
      run_sweep(source_at(SourceKind::kSite, site.url()), client.crawler, {.context = &context});
  EXPECT_THAT(swept.ids(), ElementsAre("/coat/0", "/coat/1"));
  ASSERT_THAT(swept.gone, SizeIs(2));
  EXPECT_EQ(swept.gone[0].page_url, known[1]);
  EXPECT_EQ(swept.gone[1].status, 410);  // it leads to the front page
  EXPECT_EQ(swept.last.end, FetchEnd::kDone);
}

TEST(SiteSource, ContinuesAfterRestartsAndBudgets) {
  TestSite site;
  site.set("/sitemap.xml", sitemap_of(site, coat_targets(35)));
  add_products(site, 35);
  TestCrawler client;
  const OpenSource source = source_at(SourceKind::kSite, site.url());
  const SweptPages swept = run_sweep(source, client.crawler, {.forgetful = true});
  EXPECT_THAT(swept.listings, SizeIs(35));
  for (const std::string& target : coat_targets(35)) EXPECT_EQ(site.count(target), 1) << target;

  const SweptPages first = run_sweep(source, client.crawler, {.budget = {.pages = 18}});
  EXPECT_EQ(first.last.end, FetchEnd::kBudget);
  const SweptPages second = run_sweep(source, client.crawler, {.state = first.last.state});
  EXPECT_EQ(first.listings.size() + second.listings.size(), 35U);
}

TEST(SiteSource, FollowsLinksByPatterns) {
  TestSite site;
  site.set("/women",
           "<html><body><a href='/coat/0'>a</a><a href='/coat/1?PHPSESSID=7'>b</a><a href='/about'>c</a>"
           "<a href='/women?page=2'>next</a><a href='/coat/9'>no</a></body></html>");
  site.set("/women?page=2",
           "<html><body><a href='/coat/2'>a</a><a href='/coat/1?PHPSESSID=8'>b</a>"
           "<a href='/women'>back</a></body></html>");
  add_products(site, 3);
  TestCrawler client;
  const OpenSource source = source_at(SourceKind::kSite, site.url("/"),
                                      {{"start_pages", {site.url("/women")}},
                                       {"product_patterns", {"/coat/*"}},
                                       {"listing_patterns", {"/women?page=*"}},
                                       {"exclude_patterns", {"/coat/9"}}});
  const SweptPages swept = run_sweep(source, client.crawler, {.forgetful = true});
  EXPECT_THAT(swept.ids(), UnorderedElementsAre("/coat/0", "/coat/1", "/coat/2"));
  EXPECT_THAT(site.targets(), Not(Contains("/about")));
  EXPECT_EQ(site.count("/coat/1"), 1);  // session ids make no other pages
}

TEST(SiteSource, EndlessSitesEnd) {
  TestSite site;
  add_products(site, 2);
  // A calendar: each month links to the next, and to a page whose path grows.
  site.set_fallback([](const net::TestServer::Request& request) {
    if (!request.target.starts_with("/month/")) return net::TestServer::answer(404, "");
    const int month = std::atoi(request.target.c_str() + 7);
    return net::TestServer::answer(
        200,
        fit::format("<html><body><a href='/coat/0'>a</a><a href='/coat/1'>b</a><a href='/month/{}'>next</a>"
                    "<a href='{}/month/1'>deeper</a></body></html>",
                    month + 1, request.target));
  });
  TestCrawler client;
  const OpenSource source = source_at(SourceKind::kSite, site.url("/"),
                                      {{"start_pages", {site.url("/month/1")}},
                                       {"product_patterns", {"/coat/*"}},
                                       {"listing_patterns", {"/month/**"}}});
  const SweptPages swept = run_sweep(source, client.crawler);
  EXPECT_EQ(swept.last.end, FetchEnd::kDone);
  EXPECT_THAT(swept.listings, SizeIs(2));
  EXPECT_LT(site.requests().size(), 40U);
  ASSERT_THAT(swept.remarks, SizeIs(1));
  EXPECT_THAT(swept.remarks[0], HasSubstr("no new product"));

  EXPECT_TRUE(looks_like_trap("https://a.example/" + std::string(2000, 'x')));
  EXPECT_TRUE(looks_like_trap("https://a.example/a/b/a/b/a/b/a/b"));
  EXPECT_TRUE(looks_like_trap("https://a.example/1/2/3/4/5/6/7/8/9/10/11/12/13"));
  EXPECT_FALSE(looks_like_trap("https://a.example/women/coats/red-coat?size=m"));
}

TEST(SiteSource, TroubleIsNotAnEmptySite) {
  TestSite site;
  TestCrawler client;
  const OpenSource source = source_at(SourceKind::kSite, site.url());
  EXPECT_EQ(run_sweep(source, client.crawler).last.end, FetchEnd::kFailed);  // there is no sitemap
  site.set("/sitemap.xml", "not a sitemap");
  add_products(site, 1);
  site.set_answer("/sitemap.xml", [&](const auto&) {
    return net::TestServer::answer(200, sitemap_of(site, coat_targets(9)));
  });
  for (const std::string& target : coat_targets(9))
    site.set_answer(target, [](const auto&) { return net::TestServer::answer(403, ""); });
  const SweptPages blocked = run_sweep(source, client.crawler);
  EXPECT_EQ(blocked.last.end, FetchEnd::kBlocked);
  EXPECT_THAT(blocked.listings, IsEmpty());
  EXPECT_LT(site.requests().size(), 10U);
}

TEST(SiteSource, ListingsKeepTheirIdWhenTheHostMoves) {
  TestSite old_host;
  TestSite new_host;
  add_products(new_host, 1);
  old_host.set("/sitemap.xml", sitemap_of(old_host, {"/coat/0"}));
  old_host.set_answer("/coat/0", [&](const auto&) {
    return net::TestServer::answer(301, "", "Location: " + new_host.url("/coat/0") + "\r\n");
  });
  new_host.set("/sitemap.xml", sitemap_of(new_host, {"/coat/0"}));
  TestCrawler client;
  const SweptPages before = run_sweep(source_at(SourceKind::kSite, old_host.url()), client.crawler);
  const SweptPages after = run_sweep(source_at(SourceKind::kSite, new_host.url()), client.crawler);
  ASSERT_THAT(before.ids(), SizeIs(1));
  EXPECT_EQ(before.ids(), after.ids());
}

TEST(LinkQueue, IsBounded) {
  Json cursor = Json::object();
  LinkQueue queue(cursor);
  EXPECT_TRUE(queue.add_product("https://a.example/0"));
  EXPECT_FALSE(queue.add_product("https://a.example/0"));
  EXPECT_FALSE(queue.add_list("https://a.example/0"));
  for (std::size_t i = 1; i < LinkQueue::kMaxWaiting; ++i)
    EXPECT_TRUE(queue.add_product(fit::format("https://a.example/{}", i)));
  EXPECT_FALSE(queue.is_cut());
  EXPECT_FALSE(queue.add_product("https://a.example/more"));
  EXPECT_TRUE(queue.is_cut());
  EXPECT_EQ(queue.next_product(), "https://a.example/0");
  queue.drop_product();
  EXPECT_EQ(LinkQueue(cursor).next_product(), "https://a.example/1");  // as after a restart
  EXPECT_FALSE(LinkQueue(cursor).add_list("https://a.example/0"));
  EXPECT_FALSE(queue.next_list());
}

TEST(RecipeSource, FollowsListPages) {
  TestSite site;
  site.set("/all?page=1",
           "<html><body><a class='item' href='/items/1-coat'>a</a><a class='item' href='/items/2-hat'>b</a>"
           "</body></html>");
  site.set("/all?page=2", "<html><body><a class='item' href='/items/3-cap'>a</a></body></html>");
  site.set("/all?page=3", "<html><body>nothing more</body></html>");
  for (const char* target : {"/items/1-coat", "/items/2-hat", "/items/3-cap"})
    site.set(target, product_page(target, "12.00"));
  TestCrawler client;
  const std::string recipe = fit::format(
      "name = \"test\"\nstart_pages = [\"{}\"]\nlisting_links = [\"/items/*\"]\n[paging]\nparameter = "
      "\"page\"\n",
      site.url("/all?page=1"));
  const SweptPages swept = run_sweep(source_at(SourceKind::kRecipe, "", {{"recipe", recipe}}), client.crawler,
                                     {.forgetful = true});
  EXPECT_THAT(swept.listings, SizeIs(3));
  EXPECT_EQ(site.count("/all?page=3"), 1);
  EXPECT_EQ(swept.last.end, FetchEnd::kDone);
}

}  // namespace
}  // namespace fit::ingest
