#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "ingest/pages/sitemap.h"
#include "ingest/sources/feed_files.h"
#include "ingest/sources/host_gate.h"
#include "ingest/sources/recently_used.h"
#include "ingest/sources/robots.h"
#include "ingest/sources/source.h"
#include "ingest/sources/throttle.h"
#include "net/host_breakers.h"
#include "net/http_client.h"
#include "net/url.h"

namespace fit::ingest {

// What all sources of a process share when they ask hosts, whichever tenants they belong to: the client, the
// throttle of each host, and the robots.txt of each, kept for at most 24 hours. Thread-safe.
class Crawler {
 public:
  // The product token that robots.txt files name.
  static constexpr std::string_view kToken = "FindThisFit";

  struct Options {
    std::string contact = {};  // the operator's URL or e-mail address, part of the User-Agent; may be empty
    std::string version = "1";
    HostThrottle::Options throttle = {};
    std::chrono::milliseconds longest_wait{60'000};  // for a pause of a host, before a run gives up
    std::chrono::milliseconds timeout{30'000};       // of a request; of large bodies the longest silence
  };

  // The arguments must outlive the crawler.
  Crawler(net::HttpClient& http, Options options);

  // "FindThisFit/1 (+https://shop.example/bot)".
  const std::string& user_agent() const { return user_agent_; }
  HostThrottle& throttle() { return throttle_; }
  net::HttpClient& http() { return http_; }
  // Of the hosts of images: who may ask one next, and which of them do not respond.
  HostGate& image_gate() { return image_gate_; }
  net::HostBreakers& image_breakers() { return image_breakers_; }
  // What the steps of a sweep share in this process, so that it is fetched once: feeds by their digest,
  // sitemaps by the time of the sweep and the URL.
  RecentlyUsed<FeedFile>& feed_files() { return feed_files_; }
  RecentlyUsed<Sitemap>& sitemaps() { return sitemaps_; }
  const Options& options() const { return options_; }

  // The rules of an origin ("https://shop.example"), if they are known and not older than they may be.
  std::shared_ptr<const Robots> known_robots(const std::string& origin);
  void remember_robots(const std::string& origin, std::shared_ptr<const Robots> robots,
                       std::chrono::seconds lifetime);

 private:
  struct KnownRobots {
    std::shared_ptr<const Robots> robots;
    HostThrottle::Clock::time_point until;
  };

  net::HttpClient& http_;
  const Options options_;
  const std::string user_agent_;
  HostThrottle throttle_;
  HostGate image_gate_;
  // A host that fails is asked again after half a minute, then ever later.
  net::HostBreakers image_breakers_{
      {.failures = 5, .open_for = std::chrono::seconds(30), .longest = std::chrono::minutes(10)}};
  RecentlyUsed<FeedFile> feed_files_{8};
  RecentlyUsed<Sitemap> sitemaps_{8};
  std::mutex mutex_;
  std::map<std::string, KnownRobots> robots_;
};

// One request of a source.
struct CrawlRequest {
  std::string url;
  std::vector<std::string> headers = {};  // each "Name: value"; not sent to another host
  std::string etag = {};                  // for a conditional request, with last_modified
  std::string last_modified = {};
  std::optional<std::string> form = {};  // POST with this body instead of GET
  std::uint64_t max_bytes = std::uint64_t{10} << 20;
  bool obeys_robots = true;  // false for an API that the operator has a key of
  bool is_large = false;     // the timeout is the longest silence
  // Get the body instead of CrawlResponse::body; `begin` is called before each attempt.
  std::function<Result<void>()> begin = {};
  std::function<Result<void>(ByteView)> sink = {};
};

// The response, or the failure.
struct CrawlResponse {
  int status = 0;  // 2xx, 304, 404 or 410 without a failure
  std::string body;
  std::string url;  // after redirects
  std::string content_type;
  std::string etag;
  std::string last_modified;
  std::map<std::string, std::string> headers;
  bool has_moved = false;  // every redirect was for good (301, 308)

  std::optional<FetchFailure> failure;
  bool is_over_budget = false;        // the budget is spent; nothing was asked
  bool refuses = false;               // the host refuses: nothing more is to be asked of it in this run
  std::optional<Timestamp> retry_at;  // when the host said to come back

  bool is_ok() const { return !failure && !is_over_budget && status >= 200 && status < 300; }
  bool is_gone() const { return !failure && (status == 404 || status == 410); }
};

// The requests of one call of fetch(): robots.txt, throttle, redirects one by one, retries, the budget, and
// the count of what was asked. Not thread-safe.
class CrawlSession {
 public:
  // The arguments must outlive the session.
  CrawlSession(Crawler& crawler, const SourceSettings& settings, const FetchContext& context)
      : crawler_(crawler), settings_(settings), context_(context) {}

  // Sends a request, after the host's turn has come. Errors: kCancelled, and those of `begin` and `sink`.
  Result<CrawlResponse> get(const CrawlRequest& request);
  // The rules of a URL's host. kCancelled.
  Result<std::shared_ptr<const Robots>> robots_of(const net::Url& url);

  std::int64_t requests() const { return requests_; }
  std::uint64_t bytes() const { return bytes_; }
  // Whether the step should end: its time is over, or the budget is spent.
  bool is_step_over() const;
  bool is_over_budget() const { return context_.budget.pages <= 0 || context_.budget.bytes == 0; }

 private:
  struct Hop;
  Result<bool> may_ask(const net::Url& url, bool obeys_robots, CrawlResponse& response);
  Result<void> ask(const net::Url& url, const CrawlRequest& request, Hop& hop);
  Result<void> attempt(const net::Url& url, const CrawlRequest& request, Hop& hop);
  Result<std::shared_ptr<const Robots>> fetch_robots(const net::Url& url);
  std::chrono::milliseconds time_left() const;  // until the deadline of the context; at most a day
  HostThrottle::Wish wish() const;
  std::string next_user_agent();

  Crawler& crawler_;
  const SourceSettings& settings_;
  const FetchContext& context_;
  std::int64_t requests_ = 0;
  std::uint64_t bytes_ = 0;
  int refusals_ = 0;  // in a row
};

}  // namespace fit::ingest
