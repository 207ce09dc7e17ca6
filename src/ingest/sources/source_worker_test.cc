#include "ingest/sources/source_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/format.h"
#include "catalog/test_support.h"
#include "ingest/sources/sources.h"
#include "ingest/sources/test_crawling.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;

// A row of a feed.
struct FeedRow {
  std::string id;
  std::string title = "Wool coat";
  std::string price = "80";
  std::string size = "M";
  std::string availability = "in stock";
  std::string photo = {};  // the target of its photo; empty: that of the id
};

class SourceWorkTest : public ::testing::Test {
 protected:
  SourceWorkTest() {
    spec_.name = "shop";
    spec_.schedule = "manual";
    spec_.settings = source_at(SourceKind::kFeed, site_.url("/feed.csv")).settings;
  }

  void publish(const std::vector<FeedRow>& rows) {
    std::string text = "id,title,price,size,availability,image_link\n";
    for (const FeedRow& row : rows) {
      const std::string photo = row.photo.empty() ? "/" + row.id + ".jpg" : row.photo;
      text += fit::format("{},{},{} EUR,{},{},{}\n", row.id, row.title, row.price, row.size, row.availability,
                          site_.url(photo));
    }
    site_.set("/feed.csv", text, "text/csv");
  }
  void publish_photo(const std::string& target, std::uint64_t seed) {
    site_.set(target, std::string(as_text(catalog::testing::jpeg(seed))), "image/jpeg");
  }

  SourceId source() {
    if (!source_) {
      const auto added = sources_.add(spec_, "test");
      EXPECT_TRUE(added) << added.error().describe();
      source_ = added->id;
    }
    return *source_;
  }

  // Does the jobs of sources that wait, one after the other, at most `most`. Returns their number.
  int work(int most = 1000) {
    for (int done = 0; done < most; ++done) {
      auto jobs =
          queue_.claim({.worker = "test", .kinds = {{std::string(kItemsKind)}, {std::string(kRunKind)}}});
      EXPECT_TRUE(jobs) << jobs.error().describe();
      if (!jobs || jobs->empty()) return done;
      const jobs::Job& job = jobs->front();
      const auto worked = job.kind == kRunKind ? worker_.fetch(job, {}) : worker_.write(job, {});
      EXPECT_TRUE(worked) << worked.error().describe();
      EXPECT_TRUE(queue_.finish(job, {}));
    }
    return most;
  }

  RunRecord last() { return sources_.runs(source(), 0, 1).value().at(0); }

  // Runs the source to its end.
  RunRecord run() {
    const auto started = sources_.start(source());
    EXPECT_TRUE(started) << started.error().describe();
    work();
    return last();
  }
  domain::ItemRecord item(const std::string& id) { return bench_.item("shop", id); }
  std::vector<domain::ItemState> history(const std::string& id) {
    return bench_.store->items().history(item(id).id, 100).value();
  }

  static constexpr std::string_view kRunKind = "source_run";
  static constexpr std::string_view kItemsKind = "source_items";

  TestSite site_;
  TestCrawler crawl_;
  catalog::testing::Bench bench_{{.allow_local_paths = false, .allow_private_addresses = true}};
  jobs::Queue queue_{bench_.store->database()};
  Metrics metrics_;
  Sources sources_{bench_.store->database()};
  SourceWorker worker_{{.database = bench_.store->database(),
                        .catalog = [this] { return CatalogLease{.owner = {}, .catalog = *bench_.catalog}; },
                        .queue = queue_,
                        .crawler = crawl_.crawler,
                        .log = Log::silent(),
                        .metrics = metrics_},
                       {}};
  SourceSpec spec_;
  std::optional<SourceId> source_;
};

TEST_F(SourceWorkTest, ListingsBecomeItems) {
  publish_photo("/1.jpg", 1);
  publish_photo("/2.jpg", 2);
  publish({{.id = "1"}, {.id = "2", .title = "Red dress", .price = "30"}});
  const RunRecord first = run();
  EXPECT_EQ(first.state, RunState::kDone) << first.error;
  EXPECT_EQ(first.counts.seen, 2);
  EXPECT_EQ(first.counts.added, 2);
  EXPECT_EQ(item("2").listing.title, "Red dress");
  EXPECT_EQ(item("2").listing.price, 30);
  EXPECT_EQ(item("2").listing.currency, "EUR");
  const SourceRecord source_now = sources_.get(source()).value();
  EXPECT_EQ(source_now.health, SourceHealth::kOk);
  EXPECT_TRUE(source_now.last_success_at);
  EXPECT_FALSE(source_now.active_run);
  EXPECT_THAT(sources_.listings(source()).value(), ElementsAre(Pair("active", 2)));

  const RunRecord second = run();
  EXPECT_EQ(second.counts.seen, 2);
  EXPECT_EQ(second.counts.unchanged, 2);
  EXPECT_EQ(second.counts.added + second.counts.changed, 0);
  EXPECT_EQ(site_.count("/1.jpg"), 1) << "a photo that is known is not fetched again";
  EXPECT_NE(metrics_.expose().find("fit_source_listings_total{outcome=\"new\",source=\"shop\"} 2"),
            std::string::npos);
}

TEST_F(SourceWorkTest, PricesAndStatusesHaveAHistory) {
  publish_photo("/1.jpg", 1);
  publish({{.id = "1"}});
  run();
  ASSERT_THAT(history("1"), SizeIs(1));
  publish({{.id = "1", .price = "60"}});
  EXPECT_EQ(run().counts.changed, 1);
  publish({{.id = "1", .price = "60", .availability = "out of stock"}});
  EXPECT_EQ(run().counts.sold, 1);
  publish({{.id = "1", .price = "65"}});
  EXPECT_EQ(run().counts.restocked, 1);
  const auto states = history("1");
  ASSERT_THAT(states, SizeIs(4));
  EXPECT_EQ(states[0].price, 80);
  EXPECT_EQ(states[1].price, 60);
  EXPECT_EQ(states[2].status, "sold");
  EXPECT_EQ(states[3].price, 65);
  EXPECT_EQ(states[3].status, "active");
  EXPECT_LT(states[0].since, states[1].since);
}

TEST_F(SourceWorkTest, WhatIsGoneIsRemovedAndMayComeBack) {
  std::vector<FeedRow> rows;
  for (int i = 1; i <= 4; ++i) {
    publish_photo(fit::format("/{}.jpg", i), static_cast<std::uint64_t>(i));
    rows.push_back({.id = std::to_string(i), .title = fit::format("Coat {}", i)});
  }
  publish(rows);
  run();
  publish({rows[0], rows[1], rows[3]});
  const RunRecord gone = run();
  EXPECT_EQ(gone.missing, 1);
  EXPECT_EQ(gone.counts.removed, 1);
  EXPECT_EQ(item("3").listing.status, "removed");
  EXPECT_EQ(item("4").listing.status, "active");
  publish(rows);
  EXPECT_EQ(run().counts.restocked, 1);
  EXPECT_EQ(item("3").listing.status, "active");
}

TEST_F(SourceWorkTest, WhatLaterPagesDropIsKept) {
  publish_photo("/1.jpg", 1);
  publish({{.id = "1", .size = "XL"}});
  run();
  publish({{.id = "1", .size = "", .availability = "out of stock"}});
  run();
  EXPECT_EQ(item("1").listing.size, "XL");
  EXPECT_EQ(item("1").listing.status, "sold");
  EXPECT_THAT(item("1").images, SizeIs(1));
}

TEST_F(SourceWorkTest, EditsAndRemovalsOfPeopleStay) {
  publish_photo("/1.jpg", 1);
  publish_photo("/2.jpg", 2);
  publish({{.id = "1"}, {.id = "2", .title = "Red dress"}});
  run();
  ASSERT_TRUE(bench_.catalog->patch(item("1").id, {{"price", 5}}, 1 << 20));
  ASSERT_TRUE(bench_.catalog->remove(item("2").id));
  publish({{.id = "1", .title = "Blue wool coat", .price = "70"}, {.id = "2", .title = "Red silk dress"}});
  run();
  EXPECT_EQ(item("1").listing.price, 5);
  EXPECT_EQ(item("1").listing.title, "Blue wool coat");
  EXPECT_THAT(bench_.items(), SizeIs(1)) << "an item that a person has removed does not come back";
}

TEST_F(SourceWorkTest, AFeedThatLacksMostOfItsListingsIsHeld) {
  std::vector<FeedRow> rows;
  for (int i = 1; i <= 4; ++i) {
    publish_photo(fit::format("/{}.jpg", i), static_cast<std::uint64_t>(i));
    rows.push_back({.id = std::to_string(i), .title = fit::format("Coat {}", i)});
  }
  publish(rows);
  run();
  EXPECT_EQ(sources_.confirm(source()).error().code, ErrorCode::kConflict);
  publish({rows[0]});
  const RunRecord held = run();
  EXPECT_EQ(held.state, RunState::kHeld);
  EXPECT_EQ(held.missing, 3);
  EXPECT_EQ(held.counts.removed, 0);
  EXPECT_EQ(item("2").listing.status, "active");
  EXPECT_EQ(sources_.get(source())->health, SourceHealth::kHeld);
  ASSERT_TRUE(sources_.confirm(source()));
  work();
  EXPECT_EQ(last().state, RunState::kDone);
  EXPECT_EQ(last().counts.removed, 3);
  EXPECT_EQ(item("2").listing.status, "removed");
  EXPECT_EQ(item("1").listing.status, "active");
  EXPECT_EQ(sources_.get(source())->health, SourceHealth::kOk);
}

TEST_F(SourceWorkTest, DeadImagesFailTheirListingsAloneAndAreNotAskedForAgainAtOnce) {
  publish_photo("/1.jpg", 1);
  std::vector<FeedRow> rows = {{.id = "1"}};
  for (int i = 2; i <= 40; ++i) rows.push_back({.id = std::to_string(i), .title = fit::format("Coat {}", i)});
  publish(rows);
  const RunRecord first = run();
  EXPECT_EQ(first.state, RunState::kDone);
  EXPECT_EQ(first.counts.added, 1);
  EXPECT_EQ(first.counts.failed, 39);
  EXPECT_THAT(first.failures, ElementsAre(Pair("image", 39)));
  EXPECT_THAT(first.samples, SizeIs(kMaxRunSamples));
  EXPECT_THAT(bench_.items(), SizeIs(1));
  const auto asked = site_.count("/7.jpg");
  publish_photo("/8.jpg", 8);
  rows[7].title = "Coat 8 with a photo";
  publish(rows);
  const RunRecord second = run();
  EXPECT_EQ(site_.count("/7.jpg"), asked);
  EXPECT_EQ(second.counts.added, 1) << "a listing that has changed is tried again";
}

TEST_F(SourceWorkTest, KnownImagesAreFetchedAgainOnlyWhenTheyHaveChanged) {
  std::atomic<int> version{1};
  std::atomic<int> unchanged{0};
  site_.set_answer("/1.jpg", [&](const net::TestServer::Request& request) {
    const std::string etag = fit::format("\"{}\"", version.load());
    const auto known = request.headers.find("if-none-match");
    if (known != request.headers.end() && known->second == etag) {
      ++unchanged;
      return net::TestServer::answer(304, "");
    }
    const Bytes photo = catalog::testing::jpeg(static_cast<std::uint64_t>(version.load()));
    return net::TestServer::answer(200, as_text(photo), "Content-Type: image/jpeg\r\nETag: " + etag + "\r\n");
  });
  publish({{.id = "1"}});
  run();
  const std::string first = item("1").images.at(0).sha256;
  run();
  EXPECT_EQ(site_.count("/1.jpg"), 1) << "the images of an unchanged listing are not asked for";
  publish({{.id = "1", .price = "70"}});
  run();
  EXPECT_EQ(site_.count("/1.jpg"), 2);
  EXPECT_EQ(unchanged, 1) << "an unchanged image costs a 304";
  EXPECT_EQ(item("1").images.at(0).sha256, first);
  version = 2;
  publish({{.id = "1", .price = "60"}});
  EXPECT_EQ(run().counts.changed, 1);
  ASSERT_THAT(item("1").images, SizeIs(1));
  const std::string second = item("1").images.at(0).sha256;
  EXPECT_NE(second, first);
  publish({{.id = "1", .price = "50"}});
  run();
  EXPECT_EQ(unchanged, 2) << "the validators are those of the new content";
  EXPECT_EQ(item("1").listing.price, 50);
}

TEST_F(SourceWorkTest, AKnownImageStaysWhereItsServerSendsSomethingElse) {
  std::atomic<int> version{1};
  site_.set_answer("/1.jpg", [&](const net::TestServer::Request&) {
    const int now = version;
    const std::string etag = fit::format("ETag: \"{}\"\r\n", now);
    if (now == 2) {
      return net::TestServer::answer(200, "<html>it is gone</html>", "Content-Type: text/html\r\n" + etag);
    }
    const Bytes photo = catalog::testing::jpeg(static_cast<std::uint64_t>(now));
    return net::TestServer::answer(200, as_text(photo), "Content-Type: image/jpeg\r\n" + etag);
  });
  publish({{.id = "1"}});
  run();
  const std::string first = item("1").images.at(0).sha256;
  version = 2;
  publish({{.id = "1", .price = "60"}});
  EXPECT_EQ(run().counts.changed, 1);
  EXPECT_EQ(item("1").listing.price, 60);
  ASSERT_THAT(item("1").images, SizeIs(1));
  EXPECT_EQ(item("1").images.at(0).sha256, first);
  version = 3;
  publish({{.id = "1", .price = "50"}});
  EXPECT_EQ(run().counts.changed, 1);
  ASSERT_THAT(item("1").images, SizeIs(1));
  EXPECT_NE(item("1").images.at(0).sha256, first) << "a new photo is taken, whatever was sent between";
}

TEST_F(SourceWorkTest, NotesOnImagesThatAListingHasNoMoreAreRemoved) {
  for (const std::string target : {"/1.jpg", "/2.jpg", "/3.jpg"}) {
    const std::string photo(as_text(catalog::testing::jpeg(static_cast<std::uint64_t>(target.at(1)))));
    site_.set_answer(target, [photo](const auto&) {
      return net::TestServer::answer(200, photo, "Content-Type: image/jpeg\r\nETag: \"1\"\r\n");
    });
  }
  const auto notes = [this] {
    return bench_.store->database()
        .read([](sql::SqlConnection& connection) {
          return connection.query_integer("SELECT COUNT(*) FROM source_images", {});
        })
        .value();
  };
  publish({{.id = "1"}, {.id = "2", .title = "Red dress"}});
  run();
  EXPECT_EQ(notes(), 2);
  publish({{.id = "1", .photo = "/3.jpg"}, {.id = "2", .title = "Red dress"}});
  run();
  EXPECT_EQ(notes(), 2) << "those of /2.jpg and /3.jpg";
  ASSERT_TRUE(bench_.catalog->remove(item("2").id));
  publish({{.id = "1", .price = "70", .photo = "/3.jpg"}, {.id = "2", .title = "Red dress"}});
  run();
  EXPECT_EQ(notes(), 1) << "that of /3.jpg";
}

TEST_F(SourceWorkTest, AHostOfImagesThatDoesNotRespondIsNotAskedForEachImage) {
  TestSite images;
  images.set_fallback([](const auto&) { return std::string(); });  // closes the connection
  publish_photo("/1.jpg", 1);
  std::string feed = fit::format("id,title,image_link\n1,Wool coat,{}\n", site_.url("/1.jpg"));
  constexpr int kDead = 90;
  for (int i = 2; i < 2 + kDead; ++i)
    feed += fit::format("{0},Coat {0},{1}\n", i, images.url(fit::format("/{}.jpg", i)));
  site_.set("/feed.csv", feed, "text/csv");
  const RunRecord first = run();
  EXPECT_EQ(first.state, RunState::kDone);
  EXPECT_EQ(first.counts.added, 1) << "other hosts are asked";
  EXPECT_EQ(first.counts.failed, kDead);
  EXPECT_THAT(first.failures, ElementsAre(Pair("image", kDead)));
  // The attempts of the requests that were on the way when the fifth failed.
  EXPECT_LT(images.requests().size(), 45U);
}

TEST_F(SourceWorkTest, ImagesThatRobotsDisallowAreLeftOutAndNamed) {
  TestSite cdn;
  cdn.set("/robots.txt", "User-agent: *\nDisallow: /\n");
  site_.set("/robots.txt", "User-agent: FindThisFit\nDisallow: /private/\n");
  publish_photo("/1.jpg", 1);
  publish_photo("/private/1.jpg", 2);
  const std::string feed = "id,title,image_link,additional_image_link\n";
  const std::string first =
      fit::format("1,Wool coat,{},{}\n", site_.url("/1.jpg"), site_.url("/private/1.jpg"));
  site_.set("/feed.csv", feed + first + fit::format("2,Red dress,{},\n", cdn.url("/2.jpg")), "text/csv");
  const RunRecord done = run();
  EXPECT_EQ(done.state, RunState::kDone) << done.error;
  EXPECT_EQ(done.counts.added, 1);
  EXPECT_EQ(done.counts.failed, 1) << "no image of it may be fetched";
  EXPECT_THAT(done.failures, ElementsAre(Pair("robots", 2)));
  ASSERT_THAT(done.samples, SizeIs(2));
  EXPECT_THAT(done.samples,
              ::testing::Contains(::testing::Field(&RunFailure::url, site_.url("/private/1.jpg"))));
  EXPECT_THAT(done.samples, ::testing::Contains(::testing::Field(&RunFailure::external_id, "2")));
  EXPECT_THAT(item("1").images, SizeIs(1)) << "the listing is there without the image";
  EXPECT_EQ(site_.count("/private/1.jpg"), 0);
  EXPECT_THAT(cdn.targets(), SizeIs(0));
  EXPECT_EQ(cdn.count("/robots.txt"), 1);
  EXPECT_EQ(site_.count("/robots.txt"), 1);
}

TEST_F(SourceWorkTest, JobsThatWriteEndSoonAndOthersGoOn) {
  SourceWorker brief{{.database = bench_.store->database(),
                      .catalog = [this] { return CatalogLease{.owner = {}, .catalog = *bench_.catalog}; },
                      .queue = queue_,
                      .crawler = crawl_.crawler,
                      .log = Log::silent(),
                      .metrics = metrics_},
                     {.step = std::chrono::milliseconds(0), .writer = {.loaders = 1}}};
  std::vector<FeedRow> rows;
  for (int i = 1; i <= 4; ++i) {
    publish_photo(fit::format("/{}.jpg", i), static_cast<std::uint64_t>(i));
    rows.push_back({.id = std::to_string(i), .title = fit::format("Coat {}", i)});
  }
  publish(rows);
  ASSERT_TRUE(sources_.start(source()));
  int jobs_of_items = 0;
  for (;;) {
    const auto jobs =
        queue_.claim({.worker = "test", .kinds = {{std::string(kItemsKind)}, {std::string(kRunKind)}}});
    ASSERT_TRUE(jobs);
    if (jobs->empty()) break;
    const jobs::Job& job = jobs->front();
    const bool is_run = job.kind == kRunKind;
    ASSERT_TRUE(is_run ? brief.fetch(job, {}) : brief.write(job, {}));
    jobs_of_items += is_run ? 0 : 1;
    EXPECT_THAT(bench_.items(), SizeIs(static_cast<std::size_t>(jobs_of_items))) << "one listing each";
    ASSERT_TRUE(queue_.finish(job, {}));
  }
  EXPECT_EQ(jobs_of_items, 4);
  EXPECT_EQ(last().state, RunState::kDone) << last().error;
  EXPECT_EQ(last().counts.added, 4);
  EXPECT_EQ(last().counts.failed, 0);
  for (int i = 1; i <= 4; ++i) EXPECT_EQ(site_.count(fit::format("/{}.jpg", i)), 1) << i;
}

TEST_F(SourceWorkTest, ImagesCountForTheBytesOfARun) {
  for (const std::uint64_t seed : {1, 2}) {
    const Bytes photo = catalog::testing::jpeg(seed, 600, 800);
    site_.set(fit::format("/{}.jpg", seed), std::string(as_text(photo)), "image/jpeg");
  }
  publish({{.id = "1"}, {.id = "2", .title = "Red dress"}});
  spec_.settings.max_bytes = 1024;  // the feed, and the image that reaches it
  const RunRecord first = run();
  EXPECT_EQ(first.counts.added + first.counts.failed, 2);
  EXPECT_EQ(first.counts.failed, 1) << "the other image is for a later run";
  EXPECT_GT(first.counts.bytes, 1024);
}

TEST_F(SourceWorkTest, AListingUnderANewIdContinuesItsItem) {
  publish_photo("/1.jpg", 1);
  publish_photo("/2.jpg", 2);
  publish_photo("/7.jpg", 1);
  publish_photo("/8.jpg", 3);
  publish({{.id = "1", .title = "Blue coat"}, {.id = "2", .title = "Red dress"}});
  run();
  const ItemId before = item("1").id;
  // The same piece again, and another one of the same title.
  publish({{.id = "7", .title = "Blue Coat", .price = "70"},
           {.id = "2", .title = "Red dress"},
           {.id = "8", .title = "Red dress"}});
  const RunRecord moved = run();
  EXPECT_EQ(moved.state, RunState::kDone) << moved.error;
  EXPECT_EQ(moved.counts.added, 1);
  EXPECT_EQ(moved.counts.changed, 1);
  EXPECT_EQ(moved.counts.removed, 0);
  EXPECT_THAT(bench_.items(), SizeIs(3));
  EXPECT_EQ(item("1").id, before);
  EXPECT_EQ(item("1").listing.price, 70);
  EXPECT_EQ(item("1").listing.status, "active");
  publish({{.id = "7", .title = "Blue Coat", .price = "60"},
           {.id = "2", .title = "Red dress"},
           {.id = "8", .title = "Red dress"}});
  run();
  EXPECT_EQ(item("1").listing.price, 60) << "the new id is that of the item from now on";
}

TEST_F(SourceWorkTest, AJobComparesAFewListingsUnderNewIds) {
  std::vector<FeedRow> before;
  std::vector<FeedRow> after;
  for (int i = 1; i <= 8; ++i) {
    publish_photo(fit::format("/{}.jpg", i), static_cast<std::uint64_t>(i));
    publish_photo(fit::format("/{}0.jpg", i), static_cast<std::uint64_t>(i));
    before.push_back({.id = std::to_string(i), .title = fit::format("Coat {}", i)});
    after.push_back({.id = fit::format("{}0", i), .title = fit::format("Coat {}", i)});
  }
  publish(before);
  run();
  publish(after);
  ASSERT_TRUE(sources_.start(source()));
  EXPECT_EQ(work(), 3) << "one reads the feed, one writes six listings, and one the other two";
  EXPECT_EQ(last().state, RunState::kDone) << last().error;
  EXPECT_EQ(last().counts.changed, 8);
  EXPECT_THAT(bench_.items(), SizeIs(8));
  for (const FeedRow& row : after)
    EXPECT_EQ(site_.count("/" + row.id + ".jpg"), 2) << "it is compared, then loaded";
}

TEST_F(SourceWorkTest, AStoppedRunLosesNothing) {
  publish_photo("/1.jpg", 1);
  publish_photo("/2.jpg", 2);
  publish({{.id = "1"}, {.id = "2", .title = "Red dress"}});
  ASSERT_TRUE(sources_.start(source()));
  EXPECT_EQ(sources_.start(source()).error().code, ErrorCode::kConflict);
  ASSERT_EQ(work(1), 1) << "the pages are read, nothing is written";
  ASSERT_TRUE(sources_.stop(source()));
  EXPECT_EQ(last().state, RunState::kStopped);
  work();
  EXPECT_THAT(bench_.items(), SizeIs(0)) << "jobs of a stopped run do nothing";
  const RunRecord next = run();
  EXPECT_EQ(next.state, RunState::kDone);
  EXPECT_EQ(next.counts.added, 2);
  EXPECT_THAT(bench_.items(), SizeIs(2));
}

TEST_F(SourceWorkTest, AJobThatRunsTwiceCountsOnce) {
  publish_photo("/1.jpg", 1);
  publish({{.id = "1"}});
  ASSERT_TRUE(sources_.start(source()));
  for (;;) {
    const auto jobs =
        queue_.claim({.worker = "one", .kinds = {{std::string(kItemsKind)}, {std::string(kRunKind)}}});
    ASSERT_TRUE(jobs);
    if (jobs->empty()) break;
    for (int i = 0; i < 2; ++i) {
      const jobs::Job& job = jobs->front();
      ASSERT_TRUE(job.kind == kRunKind ? worker_.fetch(job, {}) : worker_.write(job, {}));
    }
    ASSERT_TRUE(queue_.finish(jobs->front(), {}));
  }
  EXPECT_EQ(last().counts.added, 1);
  EXPECT_EQ(last().counts.seen, 1);
  EXPECT_THAT(bench_.items(), SizeIs(1));
}

TEST_F(SourceWorkTest, ASourceThatCannotBeReadIsFailing) {
  site_.set_answer("/feed.csv", [](const auto&) { return net::TestServer::answer(500, "broken"); });
  const RunRecord failed = run();
  EXPECT_EQ(failed.state, RunState::kFailed);
  EXPECT_NE(failed.error, "");
  const SourceRecord now_failing = sources_.get(source()).value();
  EXPECT_EQ(now_failing.health, SourceHealth::kFailing);
  EXPECT_EQ(now_failing.health_reason, failed.error);
}

TEST_F(SourceWorkTest, SettingsThatAPersonChangesDuringARunStay) {
  publish_photo("/1.jpg", 1);
  const std::string feed = fit::format("id,title,image_link\n1,Wool coat,{}\n", site_.url("/1.jpg"));
  std::atomic<int> asked{0};
  site_.set_answer("/feed.csv", [&](const auto&) {
    if (++asked == 1) {
      const auto changed = sources_.change(*source_, [](const SourceSpec& present) -> Result<SourceSpec> {
        SourceSpec wanted = present;
        wanted.settings.max_pages = 77;
        wanted.schedule = "6h";
        return wanted;
      });
      EXPECT_TRUE(changed) << changed.error().describe();
    }
    return net::TestServer::answer(200, feed, "Content-Type: text/csv\r\n");
  });
  const RunRecord done = run();
  EXPECT_EQ(done.state, RunState::kDone) << done.error;
  EXPECT_EQ(done.counts.added, 1);
  EXPECT_EQ(asked, 2) << "the run goes on with the new settings";
  const SourceRecord after = sources_.get(source()).value();
  EXPECT_EQ(after.spec.settings.max_pages, 77);
  EXPECT_EQ(after.spec.schedule, "6h");
  EXPECT_TRUE(after.next_run_at);
}

TEST_F(SourceWorkTest, ASourceThatHasMovedSaysSoAndKeepsItsAddress) {
  publish_photo("/1.jpg", 1);
  publish({{.id = "1"}});
  site_.set_answer("/old.csv",
                   [](const auto&) { return net::TestServer::answer(301, "", "Location: /feed.csv\r\n"); });
  spec_.settings.address = site_.url("/old.csv");
  const RunRecord done = run();
  EXPECT_EQ(done.state, RunState::kDone) << done.error;
  EXPECT_EQ(done.counts.added, 1);
  EXPECT_THAT(done.remarks, ::testing::Contains(::testing::HasSubstr(site_.url("/feed.csv"))));
  EXPECT_EQ(sources_.get(source())->spec.settings.address, site_.url("/old.csv"));
}

TEST_F(SourceWorkTest, NoRunReadsASourceWhoseSettingsCannotBeRead) {
  publish_photo("/1.jpg", 1);
  publish({{.id = "1"}});
  const std::int64_t id = source().value;
  const auto store = [&](std::string_view text) {
    return bench_.store->database().write(
        sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<std::int64_t> {
          return connection.execute("UPDATE sources SET settings = $2 WHERE id = $1", {id, text});
        });
  };
  ASSERT_TRUE(store(R"({"shape": "cloud"})"));
  const RunRecord failed = run();
  EXPECT_EQ(failed.state, RunState::kFailed);
  EXPECT_THAT(failed.error, ::testing::HasSubstr("settings.shape"));
  EXPECT_EQ(sources_.get(source())->health, SourceHealth::kFailing);
  EXPECT_EQ(sources_.get(source())->health_reason, failed.error);
  EXPECT_THAT(site_.requests(), SizeIs(0));
  ASSERT_TRUE(store("{}"));
  EXPECT_EQ(run().counts.added, 1);
}

TEST_F(SourceWorkTest, AHostThatRefusesIsBlockedAndRemovesNothing) {
  publish_photo("/1.jpg", 1);
  publish({{.id = "1"}});
  run();
  site_.set_answer("/feed.csv", [](const auto&) { return net::TestServer::answer(403, "go away"); });
  const RunRecord blocked = run();
  EXPECT_EQ(blocked.state, RunState::kBlocked);
  EXPECT_EQ(sources_.get(source())->health, SourceHealth::kBlocked);
  EXPECT_EQ(item("1").listing.status, "active");
}

}  // namespace
}  // namespace fit::ingest
