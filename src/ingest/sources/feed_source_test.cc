#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/format.h"
#include "base/temp_dir.h"
#include "ingest/sources/test_crawling.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kCsvFeed =
    "id,title,price,currency,image_url,size\n"
    "1,Red coat,40,EUR,img/1.jpg,M\n"
    "2,Blue coat,0,EUR,/photos/2.jpg,L\n"
    "3,Green coat,,EUR,https://cdn.example/3.jpg,S\n";

std::string many_rows(int count) {
  std::string text = "id,title,price,currency,image_url\n";
  for (int i = 0; i < count; ++i) text += fit::format("{0},Coat {0},10,EUR,https://cdn.example/{0}.jpg\n", i);
  return text;
}

TEST(FeedSource, ReadsATable) {
  TestSite site;
  site.set("/feeds/all", std::string(kCsvFeed), "text/csv");
  TestCrawler client;
  const SweptPages swept = run_sweep(source_at(SourceKind::kFeed, site.url("/feeds/all")), client.crawler);
  EXPECT_EQ(swept.last.end, FetchEnd::kDone);
  EXPECT_TRUE(swept.last.is_complete);
  ASSERT_THAT(swept.ids(), ElementsAre("1", "2", "3"));
  const FetchedListing& first = swept.listing("1");
  EXPECT_EQ(first.item.listing.source, "shop");
  EXPECT_EQ(first.item.listing.price, 40);
  EXPECT_EQ(first.item.images.at(0).location, site.url("/feeds/img/1.jpg"));
  EXPECT_EQ(first.origins.at("price"), "our own columns");
  // 0 is no price.
  EXPECT_FALSE(swept.listing("2").item.listing.price);
  EXPECT_THAT(swept.listing("2").warnings, SizeIs(1));
  EXPECT_EQ(swept.listing("2").item.images.at(0).location, site.url("/photos/2.jpg"));
  EXPECT_FALSE(swept.listing("3").item.listing.price);
}

TEST(FeedSource, ImagesAreNeverFilesOfTheServer) {
  TestSite site;
  site.set("/feed.csv",
           "id,title,image_url\n1,A,/etc/passwd\n2,B,../../../etc/passwd\n3,C,file:///etc/passwd\n",
           "text/csv");
  TestCrawler client;
  const SweptPages swept = run_sweep(source_at(SourceKind::kFeed, site.url("/feed.csv")), client.crawler);
  for (const FetchedListing& listing : swept.listings) {
    for (const auto& image : listing.item.images)
      EXPECT_THAT(image.location, ::testing::StartsWith("http://127"));
  }
  EXPECT_THAT(swept.listings, SizeIs(3));
}

TEST(FeedSource, ReadsGoogleXmlAtomAndNdjson) {
  TestSite site;
  site.set(
      "/google",
      "<?xml version='1.0'?><rss xmlns:g='http://base.google.com/ns/1.0'><channel><item><g:id>7</g:id>"
      "<title>Coat</title><g:price>19.99 USD</g:price><g:image_link>https://c.example/7.jpg</g:image_link>"
      "<g:availability>out of stock</g:availability></item></channel></rss>");
  site.set("/atom",
           "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>8</id><title>Scarf</title>"
           "<price>5 EUR</price><image>https://c.example/8.jpg</image></entry></feed>");
  site.set("/ndjson",
           "{\"id\": \"9\", \"title\": \"Hat\", \"source\": \"elsewhere\", \"image_url\": \"9.jpg\"}\n"
           "{\"id\": \"10\", \"title\": \"Cap\"}\n");
  TestCrawler client;
  const SweptPages google = run_sweep(source_at(SourceKind::kFeed, site.url("/google")), client.crawler);
  ASSERT_THAT(google.ids(), ElementsAre("7"));
  EXPECT_EQ(google.listing("7").item.listing.price, 19.99);
  EXPECT_EQ(google.listing("7").item.listing.currency, "USD");
  EXPECT_EQ(google.listing("7").item.listing.status, "sold");
  EXPECT_THAT(run_sweep(source_at(SourceKind::kFeed, site.url("/atom")), client.crawler).ids(),
              ElementsAre("8"));
  const SweptPages lines = run_sweep(source_at(SourceKind::kFeed, site.url("/ndjson")), client.crawler);
  ASSERT_THAT(lines.ids(), ElementsAre("9", "10"));
  EXPECT_EQ(lines.listing("9").item.listing.source, "shop");
}

TEST(FeedSource, ReadsOtherEncodingsAndMarks) {
  TestSite site;
  site.set("/latin1", "id;title;image_url\n1;M\xFCtze;https://c.example/1.jpg\n");
  site.set("/bom", "\xEF\xBB\xBFid,title,image_url\n1,Hat,https://c.example/1.jpg\n");
  TestCrawler client;
  const SweptPages latin = run_sweep(source_at(SourceKind::kFeed, site.url("/latin1")), client.crawler);
  EXPECT_EQ(latin.listing("1").item.listing.title, "Mütze");
  EXPECT_THAT(run_sweep(source_at(SourceKind::kFeed, site.url("/bom")), client.crawler).ids(),
              ElementsAre("1"));
}

TEST(FeedSource, ReadsGzip) {
  TestSite site;
  const std::string packed = gzip_of(many_rows(900));
  site.set("/feed.csv.gz", packed, "application/gzip");
  site.set_answer("/coded.csv", [&](const auto&) {
    return net::TestServer::answer(200, packed, "Content-Encoding: gzip\r\n");
  });
  site.set("/cut.csv.gz", packed.substr(0, packed.size() / 2), "application/gzip");
  TestCrawler client;
  const SweptPages file =
      run_sweep(source_at(SourceKind::kFeed, site.url("/feed.csv.gz")), client.crawler, {.forgetful = true});
  EXPECT_THAT(file.listings, SizeIs(900));
  EXPECT_TRUE(file.last.is_complete);
  EXPECT_EQ(site.count("/feed.csv.gz"), 1);
  EXPECT_THAT(run_sweep(source_at(SourceKind::kFeed, site.url("/coded.csv")), client.crawler).listings,
              SizeIs(900));
  const SweptPages cut = run_sweep(source_at(SourceKind::kFeed, site.url("/cut.csv.gz")), client.crawler);
  EXPECT_EQ(cut.last.end, FetchEnd::kFailed);
  EXPECT_THAT(cut.listings, IsEmpty());
  // What unpacks to more than the limit is not read.
  const OpenSource small = source_at(SourceKind::kFeed, site.url("/coded.csv"), {{"max_bytes", 5000}});
  EXPECT_EQ(run_sweep(small, client.crawler).last.end, FetchEnd::kFailed);
}

TEST(FeedSource, ContinuesAfterARestartAndFetchesOnce) {
  TestSite site;
  site.set("/feed.csv", many_rows(1000), "text/csv");
  TestCrawler client;
  const OpenSource source = source_at(SourceKind::kFeed, site.url("/feed.csv"));
  const SweptPages swept = run_sweep(source, client.crawler, {.forgetful = true});
  EXPECT_TRUE(swept.last.is_complete);
  EXPECT_GT(swept.calls, 4);
  EXPECT_THAT(swept.listings, SizeIs(1000));
  EXPECT_EQ(site.count("/feed.csv"), 1);

  // Another process has no file: it fetches the feed again, and continues if it is the same.
  RunBudget budget;
  const FetchContext context{.budget = budget};
  auto first = open_source(source, client.crawler);
  ASSERT_TRUE(first);
  const auto page = (*first)->fetch(nullptr, context);
  ASSERT_TRUE(page);
  TestCrawler other;
  const SweptPages rest = run_sweep(source, other.crawler, {.state = page->state});
  EXPECT_EQ(rest.listings.size() + page->listings.size(), 1000U);
  EXPECT_EQ(rest.last.sweep_started_at, page->sweep_started_at);

  // A feed that has changed meanwhile is read from its beginning.
  site.set("/feed.csv", many_rows(300), "text/csv");
  TestCrawler third;
  const SweptPages changed = run_sweep(source, third.crawler, {.state = page->state});
  EXPECT_THAT(changed.listings, SizeIs(300));
  EXPECT_GT(changed.last.sweep_started_at, page->sweep_started_at);
}

TEST(FeedSource, AnUnchangedFeedIsNotReadAgain) {
  TestSite site;
  site.set_answer("/feed.csv", [](const net::TestServer::Request& request) {
    return request.headers.contains("if-none-match")
               ? net::TestServer::answer(304, "")
               : net::TestServer::answer(200, kCsvFeed, "ETag: \"v1\"\r\n");
  });
  TestCrawler client;
  const OpenSource source = source_at(SourceKind::kFeed, site.url("/feed.csv"));
  const SweptPages first = run_sweep(source, client.crawler);
  const SweptPages second = run_sweep(source, client.crawler, {.state = first.last.state});
  EXPECT_EQ(second.last.end, FetchEnd::kDone);
  EXPECT_TRUE(second.last.is_unchanged);
  EXPECT_THAT(second.listings, IsEmpty());
  // The validators survive an unchanged sweep.
  EXPECT_TRUE(run_sweep(source, client.crawler, {.state = second.last.state}).last.is_unchanged);
}

TEST(FeedSource, ACutFeedChangesNothing) {
  net::TestServer server([](const net::TestServer::Request& request,
                            net::TestServer::Connection& connection) {
    if (request.target == "/robots.txt") return (void)connection.send(net::TestServer::answer(404, ""));
    connection.send(
        "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nid,title,image_url\n1,A,https://c.example/1.jpg\n");
  });
  TestCrawler client;
  const SweptPages cut = run_sweep(source_at(SourceKind::kFeed, server.url("/feed.csv")), client.crawler);
  EXPECT_EQ(cut.last.end, FetchEnd::kFailed);
  EXPECT_THAT(cut.listings, IsEmpty());
  ASSERT_TRUE(cut.last.ended_by);
  EXPECT_EQ(cut.last.ended_by->problem, FetchProblem::kUnreachable);

  // Without a length the damage shows in the document: its listings count, but what it lacks is not gone.
  TestSite site;
  site.set("/xml", "<rss><channel><item><id>1</id><title>A</title></item><item><id>2</id><tit");
  const SweptPages xml = run_sweep(source_at(SourceKind::kFeed, site.url("/xml")), client.crawler);
  EXPECT_EQ(xml.last.end, FetchEnd::kDone);
  EXPECT_FALSE(xml.last.is_complete);
  site.set("/json", R"([{"id": "1", "title": "A"}, {"id": "2", "ti)");
  const SweptPages json = run_sweep(source_at(SourceKind::kFeed, site.url("/json")), client.crawler);
  EXPECT_FALSE(json.last.is_complete);
  site.set("/page", "<html><body>We are closed</body></html>");
  const SweptPages page = run_sweep(source_at(SourceKind::kFeed, site.url("/page")), client.crawler);
  EXPECT_EQ(page.last.end, FetchEnd::kFailed);
}

TEST(FeedSource, BadRowsCostThemselvesOnly) {
  TestSite site;
  site.set("/feed.csv", "id,title,image_url\n1,A,https://c.example/1.jpg\n,B,https://c.example/2.jpg\n",
           "text/csv");
  TestCrawler client;
  const SweptPages swept = run_sweep(source_at(SourceKind::kFeed, site.url("/feed.csv")), client.crawler);
  EXPECT_THAT(swept.ids(), ElementsAre("1"));
  ASSERT_THAT(swept.failures, SizeIs(1));
  EXPECT_EQ(swept.failures[0].url, "line 3");
  EXPECT_FALSE(swept.last.is_complete);
}

TEST(FeedSource, ReadsAFileOfTheServer) {
  const TempDir folder;
  const auto path = folder.path() / "feed.csv";
  ASSERT_TRUE(write_file_atomically(path, as_bytes(kCsvFeed)));
  TestCrawler client;
  const SweptPages swept = run_sweep(source_at(SourceKind::kFeed, path.string()), client.crawler);
  EXPECT_TRUE(swept.last.is_complete);
  EXPECT_EQ(swept.listing("1").item.images.at(0).location, (folder.path() / "img/1.jpg").string());
  const SweptPages none = run_sweep(source_at(SourceKind::kFeed, "/no/such/feed.csv"), client.crawler);
  EXPECT_EQ(none.last.end, FetchEnd::kFailed);
}

TEST(FeedSource, RefusalsAreNotAnEmptyFeed) {
  TestSite site;
  site.set_answer("/feed.csv", [](const auto&) { return net::TestServer::answer(403, ""); });
  site.set("/large.csv", many_rows(2000));
  TestCrawler client;
  const SweptPages refused = run_sweep(source_at(SourceKind::kFeed, site.url("/feed.csv")), client.crawler);
  EXPECT_EQ(refused.last.end, FetchEnd::kBlocked);
  const OpenSource small = source_at(SourceKind::kFeed, site.url("/large.csv"), {{"max_bytes", 2000}});
  const SweptPages large = run_sweep(small, client.crawler);
  EXPECT_EQ(large.last.end, FetchEnd::kFailed);
  EXPECT_EQ(large.last.ended_by->problem, FetchProblem::kTooLarge);
}

TEST(FeedSource, RefusesTheStateOfAnotherKind) {
  TestCrawler client;
  RunBudget budget;
  const FetchContext context{.budget = budget};
  const auto source = open_source(source_at(SourceKind::kFeed, "http://127.0.0.1:1/feed"), client.crawler);
  ASSERT_TRUE(source);
  for (const Json& state :
       {Json{{"kind", "shopify"}}, Json("feed"), Json{{"kind", "feed"}, {"sweep", "soon"}}}) {
    const auto page = (*source)->fetch(state, context);
    ASSERT_FALSE(page) << state.dump();
    EXPECT_EQ(page.error().field, "state");
  }
}

}  // namespace
}  // namespace fit::ingest
