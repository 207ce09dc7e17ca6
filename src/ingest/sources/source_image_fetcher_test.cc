#include "ingest/sources/source_image_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/format.h"
#include "ingest/sources/test_crawling.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// The images of one job.
struct ImageJob {
  TestCrawler client;
  SourceSettings settings;
  SourceImageFetcher images;

  ImageJob() : ImageJob(SourceImageFetcher::Options{}) {}
  explicit ImageJob(const SourceImageFetcher::Options& options) : images(client.crawler, settings, options) {}

  Result<catalog::FetchedImage> fetch(const std::string& url, const net::HttpValidators& known = {},
                                      std::uint64_t max_bytes = 1 << 20) {
    return images.fetch("images[0]", url, known, max_bytes, {});
  }
  ErrorCode failure(const std::string& url) {
    const auto fetched = fetch(url);
    EXPECT_FALSE(fetched) << url;
    if (fetched) return ErrorCode::kInternal;
    EXPECT_EQ(fetched.error().field, "images[0]") << url;
    return fetched.error().code;
  }
};

std::string text_of(const catalog::FetchedImage& image) {
  return std::string(as_text(image.file));
}

TEST(SourceImageFetcher, FetchesAsTheSourceAndOnlyWhatHasChanged) {
  TestSite site;
  site.set_answer("/1.jpg", [](const net::TestServer::Request& request) {
    const auto known = request.headers.find("if-none-match");
    if (known != request.headers.end() && known->second == "\"1\"") return net::TestServer::answer(304, "");
    return net::TestServer::answer(200, "a photo", "ETag: \"1\"\r\nLast-Modified: yesterday\r\n");
  });
  ImageJob job;
  job.settings.user_agents = {"first/1", "second/1"};
  const auto image = job.fetch(site.url("/1.jpg"));
  ASSERT_TRUE(image) << image.error().describe();
  EXPECT_EQ(text_of(*image), "a photo");
  EXPECT_FALSE(image->is_unchanged);
  EXPECT_EQ(image->validators, (net::HttpValidators{.etag = "\"1\"", .last_modified = "yesterday"}));
  const auto again = job.fetch(site.url("/1.jpg"), image->validators);
  ASSERT_TRUE(again) << again.error().describe();
  EXPECT_TRUE(again->is_unchanged);
  EXPECT_TRUE(again->file.empty());
  std::vector<std::string> agents;
  for (const auto& request : site.requests()) agents.push_back(request.headers.at("user-agent"));
  EXPECT_THAT(agents, ElementsAre("first/1", "second/1", "first/1"));
  EXPECT_EQ(job.images.bytes(), std::string_view("a photo").size());
}

TEST(SourceImageFetcher, ObeysTheRobotsOfTheImagesHost) {
  TestSite cdn;
  cdn.set("/robots.txt", "User-agent: *\nDisallow: /private/\nCrawl-delay: 3\n");
  cdn.set("/a.jpg", "a photo");
  cdn.set("/private/b.jpg", "another one");
  cdn.set_answer(
      "/c.jpg", [](const auto&) { return net::TestServer::answer(302, "", "Location: /private/b.jpg\r\n"); });
  ImageJob job;
  EXPECT_TRUE(job.fetch(cdn.url("/a.jpg")));
  EXPECT_EQ(job.failure(cdn.url("/private/b.jpg")), ErrorCode::kForbidden);
  EXPECT_EQ(job.failure(cdn.url("/c.jpg")), ErrorCode::kForbidden) << "redirects are checked, too";
  EXPECT_EQ(job.images.refusal_of(cdn.url("/private/b.jpg")), ImageRefusal::kRobots);
  EXPECT_EQ(job.images.refusal_of(cdn.url("/c.jpg")), ImageRefusal::kRobots);
  EXPECT_EQ(job.images.refusal_of(cdn.url("/a.jpg")), std::nullopt);
  EXPECT_EQ(cdn.count("/robots.txt"), 1);
  EXPECT_THAT(cdn.targets(), ElementsAre("/a.jpg", "/c.jpg"));
  EXPECT_THAT(job.client.waits, ::testing::Contains(::testing::Gt(std::chrono::milliseconds(2500))));
  EXPECT_FALSE(job.fetch(cdn.url("/private/d.jpg"), {.etag = "\"1\"", .last_modified = {}}));
  EXPECT_EQ(job.images.refusal_of(cdn.url("/private/d.jpg")), std::nullopt) << "what the item has stays";
}

TEST(SourceImageFetcher, RobotsThatCannotBeReadForbidTheImages) {
  TestSite cdn;
  cdn.set_answer("/robots.txt", [](const auto&) { return net::TestServer::answer(500, "broken"); });
  cdn.set("/a.jpg", "a photo");
  ImageJob job;
  EXPECT_EQ(job.failure(cdn.url("/a.jpg")), ErrorCode::kBadGateway);
  EXPECT_THAT(cdn.targets(), SizeIs(0));
}

TEST(SourceImageFetcher, HeedsRetryAfterAndAsksAgain) {
  TestSite site;
  std::atomic<int> asked{0};
  site.set_answer("/1.jpg", [&](const auto&) {
    return ++asked == 1 ? net::TestServer::answer(429, "later", "Retry-After: 7\r\n")
                        : net::TestServer::answer(200, "a photo");
  });
  ImageJob job;
  EXPECT_TRUE(job.fetch(site.url("/1.jpg")));
  EXPECT_EQ(asked, 2);
  EXPECT_THAT(job.client.waits, ::testing::Contains(::testing::Gt(std::chrono::milliseconds(6000))));
}

TEST(SourceImageFetcher, AHostThatAsksForALongPauseIsNotAskedAgain) {
  TestSite site;
  site.set_answer("/1.jpg",
                  [](const auto&) { return net::TestServer::answer(429, "", "Retry-After: 3600\r\n"); });
  site.set("/2.jpg", "a photo");
  ImageJob job;
  EXPECT_EQ(job.failure(site.url("/1.jpg")), ErrorCode::kUnavailable);
  EXPECT_EQ(job.failure(site.url("/2.jpg")), ErrorCode::kUnavailable);
  EXPECT_THAT(site.targets(), ElementsAre("/1.jpg"));
}

TEST(SourceImageFetcher, OneRequestAtATimeToAHostAndOneOfRobots) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  TestSite site;
  site.set_fallback([&](const auto&) {
    most = std::max(most.load(), ++running);
    --running;
    return net::TestServer::answer(200, "a photo");
  });
  ImageJob one;
  SourceImageFetcher another_tenant(one.client.crawler, one.settings, {});
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      SourceImageFetcher& images = i % 2 == 0 ? one.images : another_tenant;
      for (int j = 0; j < 5; ++j) {
        EXPECT_TRUE(images.fetch("images[0]", site.url(fit::format("/{}-{}.jpg", i, j)), {}, 1 << 20, {}));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, 1);
  EXPECT_EQ(site.count("/robots.txt"), 1);
  EXPECT_THAT(site.targets(), SizeIs(30));
}

TEST(SourceImageFetcher, ManyDeadLinksToAHostCostAFewRequests) {
  TestSite site;
  site.set_fallback([](const auto&) { return std::string(); });  // closes the connection
  site.set("/robots.txt", "User-agent: *\nAllow: /\n");
  ImageJob job;
  for (int i = 0; i < 10'000; ++i) {
    const auto fetched = job.fetch(site.url(fit::format("/{}.jpg", i)));
    ASSERT_FALSE(fetched);
    ASSERT_EQ(fetched.error().code, i < 5 ? ErrorCode::kBadGateway : ErrorCode::kUnavailable) << i;
  }
  // Each of the five has three attempts.
  EXPECT_THAT(site.targets(), SizeIs(15));
}

TEST(SourceImageFetcher, StopsAtTheBudgetOfTheRun) {
  TestSite site;
  site.set("/robots.txt", "");
  site.set("/1.jpg", std::string(600, 'a'));
  site.set("/2.jpg", std::string(600, 'b'));
  site.set("/3.jpg", std::string(600, 'c'));
  ImageJob job({.max_bytes = 1000});
  EXPECT_TRUE(job.fetch(site.url("/1.jpg")));
  EXPECT_TRUE(job.fetch(site.url("/2.jpg"))) << "the image that reaches the budget is the last";
  EXPECT_EQ(job.failure(site.url("/3.jpg")), ErrorCode::kUnavailable);
  EXPECT_EQ(job.images.refusal_of(site.url("/3.jpg")), ImageRefusal::kBudget);
  EXPECT_EQ(job.images.bytes(), 1200U);
  EXPECT_EQ(site.count("/3.jpg"), 0);
}

TEST(SourceImageFetcher, NamesEachFailure) {
  TestSite site;
  site.set("/large.jpg", std::string(2000, 'a'));
  site.set_answer("/refused.jpg", [](const auto&) { return net::TestServer::answer(403, "no"); });
  site.set_answer("/unchanged.jpg", [](const auto&) { return net::TestServer::answer(304, ""); });
  ImageJob job;
  EXPECT_EQ(job.failure("ftp://shop.example/1.jpg"), ErrorCode::kInvalid);
  EXPECT_EQ(job.failure(site.url("/none.jpg")), ErrorCode::kNotFound);
  EXPECT_EQ(job.failure(site.url("/refused.jpg")), ErrorCode::kUnavailable);
  EXPECT_EQ(job.failure(site.url("/unchanged.jpg")), ErrorCode::kBadGateway);
  const auto large = job.fetch(site.url("/large.jpg"), {}, 1000);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = job.images.fetch("images[0]", site.url("/large.jpg"), {}, 1 << 20, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

TEST(SourceImageFetcher, AsksNoInsideAddresses) {
  TestSite site;
  site.set("/1.jpg", "a photo");
  net::HttpClient http({});
  Crawler crawler(http, {});
  const SourceSettings settings;
  SourceImageFetcher images(crawler, settings, {});
  EXPECT_FALSE(images.fetch("images[0]", site.url("/1.jpg"), {}, 1 << 20, {}));
  EXPECT_THAT(site.requests(), SizeIs(0));
}

}  // namespace
}  // namespace fit::ingest
