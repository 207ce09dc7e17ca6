#include "evaluate/load/load_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "media/image.h"
#include "net/test_server.h"

namespace fit::evaluate {
namespace {

using net::TestServer;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr std::string_view kItems = R"({"items": [
  {"id": "1", "title": "Red summer dress", "images": ["/images/1"]}, {"id": "2", "title": "Jeans", "images": []}]})";

// A catalogue of two items that answers everything with `status`, and counts in /metrics.
class Shop {
 public:
  explicit Shop(int status = 200)
      : status_(status),
        server_([this](const TestServer::Request& request, TestServer::Connection& connection) {
          answer(request, connection);
        }) {}

  LoadOptions options(std::string_view mix) {
    LoadOptions options;
    options.target = load_target(server_.url(""), false).value();
    options.shape = {.rate = 100, .duration = milliseconds(500)};
    options.mix = LoadMix::parse(mix).value();
    options.connections = 8;
    return options;
  }

  // The requests of one method whose target has the text.
  std::vector<TestServer::Request> requests(const std::string& method, const std::string& target) const {
    std::vector<TestServer::Request> found;
    for (TestServer::Request& request : server_.requests()) {
      if (request.method == method && request.target.contains(target)) found.push_back(std::move(request));
    }
    return found;
  }

  std::function<void()> before_search = [] {};

 private:
  void answer(const TestServer::Request& request, TestServer::Connection& connection) {
    if (request.target.starts_with("/api/v1/items?limit")) {
      connection.send(TestServer::answer(200, kItems));
    } else if (request.target == "/metrics") {
      connection.send(
          TestServer::answer(200, "fit_http_queue_length 2\nfit_http_requests_total{status=\"200\"} " +
                                      std::to_string(++metrics_) + "\n"));
    } else if (request.target == "/api/v1/ingest") {
      connection.send(TestServer::answer(status_, R"({"job_id": "5", "asset_id": "77"})"));
    } else {
      if (request.target == "/api/v1/search") before_search();
      connection.send(TestServer::answer(request.method == "DELETE" ? 200 : status_, "{}"));
    }
  }

  int status_;
  std::atomic<int> metrics_{0};
  TestServer server_;
};

TEST(RunLoad, SendsEveryRequestOfItsShape) {
  Shop shop;
  const auto report = run_load(shop.options("search=1"), {}, {});
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->planned, 50u);
  EXPECT_EQ(report->not_sent, 0u);
  EXPECT_EQ(report->total().latency.count(), 50u);
  EXPECT_EQ(report->total().failed(), 0u);
  EXPECT_EQ(report->course.size(), 1u);
  const auto searches = shop.requests("POST", "/api/v1/search");
  ASSERT_EQ(searches.size(), 50u);
  std::set<std::string> bodies;
  for (const auto& search : searches) bodies.insert(search.body);
  EXPECT_GT(bodies.size(), 2u);
  EXPECT_TRUE(bodies.contains(R"({"item_id":"1","limit":20})"));
  ASSERT_TRUE(report->server);
  EXPECT_EQ(report->server->answers.at("200"), 1);
  EXPECT_EQ(report->server->longest_queue, 2);
}

TEST(RunLoad, RemovesWhatItHasWritten) {
  ASSERT_TRUE(media::start_vips());
  Shop shop;
  LoadOptions options = shop.options("write=1,ingest=1");
  const auto report = run_load(options, {}, {});
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->not_removed, 0u);
  const auto writes = shop.requests("PUT", "source=load-test");
  const auto photos = shop.requests("POST", "/api/v1/ingest");
  EXPECT_EQ(writes.size() + photos.size(), 50u);
  EXPECT_EQ(shop.requests("DELETE", "source=load-test").size(), writes.size());
  EXPECT_EQ(shop.requests("DELETE", "/api/v1/assets/77").size(), photos.size());
  // No two have the same image.
  std::set<std::string> bodies;
  for (const auto& photo : photos) bodies.insert(photo.body);
  EXPECT_EQ(bodies.size(), photos.size());
  EXPECT_THAT(*bodies.begin(), HasSubstr("PNG"));

  options.keeps_what_it_writes = true;
  ASSERT_TRUE(run_load(options, {}, {}));
  EXPECT_EQ(shop.requests("DELETE", "").size(), writes.size() + photos.size());
}

// One connection, and a server that answers nothing until half of the requests should have started: the ones
// that waited have latencies from their planned starts, although they were answered at once.
TEST(RunLoad, ChargesAStallToAllRequestsThatWaited) {
  Shop shop;
  LoadOptions options = shop.options("search=1");
  options.connections = 1;
  std::once_flag once;
  shop.before_search = [&once] {
    std::call_once(once, [] {
      const auto until = std::chrono::steady_clock::now() + milliseconds(300);
      while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    });
  };
  const auto report = run_load(options, {}, {});
  ASSERT_TRUE(report) << report.error().describe();
  const LoadResult total = report->total();
  ASSERT_EQ(total.latency.count(), 50u);
  // 15 requests were to start in the first 150 ms, and each waited for another 150 ms at least.
  EXPECT_GE(total.latency.percentile(0.75), milliseconds(150));
  // One request alone was slow by itself.
  EXPECT_GE(total.service.largest(), milliseconds(300));
  EXPECT_LT(total.service.percentile(0.75), total.latency.percentile(0.75));
}

TEST(RunLoad, CountsFailuresByTheirStatus) {
  Shop shop(429);
  const auto report = run_load(shop.options("search=1"), {}, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->kinds.at(LoadKind::kSearch).failures.at("429"), 50u);
  EXPECT_EQ(report->course.at(0).failed, 50u);
  const Json json = to_json(*report);
  EXPECT_EQ(json["total"]["failures"]["429"], 50);
  EXPECT_EQ(json["kinds"]["search"]["requests"], 50);
  EXPECT_THAT(to_table(*report), HasSubstr("failed with 429: 50"));
}

TEST(RunLoad, EndsAtAStop) {
  Shop shop;
  LoadOptions options = shop.options("search=1");
  options.shape.duration = std::chrono::hours(1);
  std::stop_source stop;
  shop.before_search = [&stop] { stop.request_stop(); };
  const auto report = run_load(options, {}, stop.get_token());
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->was_stopped);
  EXPECT_GT(report->not_sent, 0u);
}

TEST(LoadTarget, IsLoopbackUnlessTheCallerSaysOtherwise) {
  for (const char* const url :
       {"http://127.0.0.1:8000", "http://localhost", "http://[::1]:1", "http://127.8.9.1/"}) {
    EXPECT_TRUE(load_target(url, false)) << url;
    EXPECT_TRUE(names_private_host(url)) << url;
  }
  for (const char* const url :
       {"http://10.0.0.1:8000", "https://shop.example", "http://127.example", "http://8.8.8.8"}) {
    const auto target = load_target(url, false);
    ASSERT_FALSE(target) << url;
    EXPECT_EQ(target.error().field, "--remote") << url;
    EXPECT_TRUE(load_target(url, true)) << url;
  }
  // A name that leads to this machine does not say so: the client refuses the address.
  EXPECT_FALSE(names_private_host("http://shop.example"));
  EXPECT_TRUE(names_private_host("http://10.0.0.1:8000"));
  EXPECT_EQ(load_target("ftp://127.0.0.1", false).error().field, "URL");
  EXPECT_EQ(load_target("http://127.0.0.1/app", false).error().field, "URL");
}

}  // namespace
}  // namespace fit::evaluate
