#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "ingest/sources/crawler.h"
#include "ingest/sources/source.h"
#include "net/test_server.h"

// What tests of crawling share.
namespace fit::ingest {

// A web site on loopback: responses by target. What is not set is a 404.
class TestSite {
 public:
  using Answer = std::function<std::string(const net::TestServer::Request&)>;  // a whole response

  TestSite();

  void set(const std::string& target, std::string body, std::string content_type = "text/html");
  void set_answer(const std::string& target, Answer answer);
  // Sets the answer for targets that no other answer has.
  void set_fallback(Answer answer);

  std::string url(std::string_view target = "") const { return server_.url(target); }
  std::vector<net::TestServer::Request> requests() const { return server_.requests(); }
  // The targets of the requests, in their order, without that of robots.txt.
  std::vector<std::string> targets() const;
  std::int64_t count(const std::string& target) const;

 private:
  std::string answer(const net::TestServer::Request& request);

  std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  Answer fallback_;
  net::TestServer server_;
};

// A crawler that may ask loopback and does not wait: the waits that it asks for are noted.
struct TestCrawler {
  TestCrawler();
  explicit TestCrawler(Crawler::Options options);

  std::mutex mutex;  // guards `waits` while requests are made
  std::vector<std::chrono::milliseconds> waits;
  net::HttpClient http;
  Crawler crawler;
};

// What the calls of a sweep gave together.
struct SweptPages {
  FetchPage last;  // the page that ended it
  std::vector<FetchedListing> listings;
  std::vector<GonePage> gone;
  std::vector<std::string> unchanged;
  std::vector<FetchFailure> failures;
  std::vector<std::string> remarks;
  int calls = 0;

  // The external ids of the listings, in their order.
  std::vector<std::string> ids() const;
  const FetchedListing& listing(const std::string& id) const;  // must exist
};

// Fetches from `state` until a page is not kMore, each page with an object of its own if `forgetful`, as
// after a restart of the program. Adds a test failure for an error.
struct SweepOptions {
  Json state = nullptr;
  RunBudget budget = {};
  bool forgetful = false;
  FetchContext* context = nullptr;  // its functions; null: none
};
SweptPages run_sweep(const OpenSource& source, Crawler& crawler, const SweepOptions& options = {});

// The settings of a source named "shop", as a person writes them. Adds a test failure for wrong ones.
OpenSource source_at(SourceKind kind, const std::string& address, const Json& settings = Json::object());

// The text as gzip, without compression.
std::string gzip_of(std::string_view text);

// A product page with JSON-LD.
std::string product_page(const std::string& title, const std::string& price, const std::string& more = "");

}  // namespace fit::ingest
