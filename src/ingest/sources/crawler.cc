#include "ingest/sources/crawler.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/format.h"
#include "base/stopwatch.h"
#include "base/text.h"
#include "net/retry_after.h"

namespace fit::ingest {
namespace {

using Seconds = std::chrono::seconds;

constexpr std::size_t kMaxKnownRobots = 10'000;
constexpr Seconds kLongestRobots{24 * 3600};  // RFC 9309, 2.4
constexpr Seconds kUnreachableRobots{300};
// Between two requests; the operator may set a longer one. A host must not keep the thread of all sources.
constexpr std::chrono::milliseconds kLongestDelay{600'000};
constexpr int kMaxHops = 5;
constexpr int kMaxAttempts = 3;
constexpr int kShopifyRefusal = 430;  // shops made with Shopify answer bots with it
constexpr int kRefusalsOfHost = 3;    // in a row, until a 403 is one of the whole host

std::string user_agent_of(const Crawler::Options& options) {
  std::string program = fit::format("{}/{}", Crawler::kToken, options.version);
  if (options.contact.empty()) return program;
  return fit::format("{} (+{})", program, options.contact);
}

// The seconds of "max-age" in Cache-Control; a day without it.
Seconds robots_lifetime(const std::string& cache_control) {
  const std::string lower = to_lower(cache_control);
  const std::size_t at = lower.find("max-age=");
  if (at == std::string::npos) return kLongestRobots;
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(lower.data() + at + 8, lower.data() + lower.size(), seconds);
  if (problem != std::errc{}) return kLongestRobots;
  return std::clamp(Seconds(seconds), kUnreachableRobots, kLongestRobots);
}

bool is_redirect_status(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Whether a status, or a page that asks whether the visitor is human, is a refusal.
bool is_refused(int status, const std::map<std::string, std::string>& headers) {
  if (status == 401 || status == 403 || status == 407 || status == 429 || status == kShopifyRefusal ||
      status == 451 || status == 503)
    return true;
  const auto challenge = headers.find("cf-mitigated");
  return headers.contains("x-amzn-waf-action") ||
         (challenge != headers.end() && challenge->second == "challenge");
}

// The problem of a transfer that has no response.
FetchProblem problem_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kDeadlineExceeded:
      return FetchProblem::kTimeout;
    case ErrorCode::kTooLarge:
      return FetchProblem::kTooLarge;
    case ErrorCode::kInvalid:
      return FetchProblem::kForbidden;
    default:
      return FetchProblem::kUnreachable;
  }
}

bool is_worth_another_attempt(const Error& error) {
  return error.code == ErrorCode::kBadGateway || error.code == ErrorCode::kDeadlineExceeded;
}

void fail_response(CrawlResponse& response, FetchProblem problem, const net::Url& url, std::string message) {
  response.failure = FetchFailure{problem, url.text(), std::move(message), {}};
}

}  // namespace

Crawler::Crawler(net::HttpClient& http, Options options)
    : http_(http),
      options_(std::move(options)),
      user_agent_(user_agent_of(options_)),
      throttle_(options_.throttle) {}

std::shared_ptr<const Robots> Crawler::known_robots(const std::string& origin) {
  const std::lock_guard lock(mutex_);
  const auto known = robots_.find(origin);
  if (known == robots_.end() || known->second.until <= HostThrottle::Clock::now()) return nullptr;
  return known->second.robots;
}

void Crawler::remember_robots(const std::string& origin, std::shared_ptr<const Robots> robots,
                              Seconds lifetime) {
  const auto now = HostThrottle::Clock::now();
  const std::lock_guard lock(mutex_);
  if (robots_.size() >= kMaxKnownRobots)
    std::erase_if(robots_, [&](const auto& entry) { return entry.second.until <= now; });
  if (robots_.size() >= kMaxKnownRobots) robots_.clear();
  robots_[origin] = {std::move(robots), now + lifetime};
}

// One request without its redirects.
struct CrawlSession::Hop {
  CrawlResponse& response;
  std::string redirect;     // the address to go on with; empty: the response is complete
  bool is_forever = false;  // the redirect is for good
  std::optional<Error> transfer_error = {};
  std::chrono::milliseconds min_delay{0};  // Crawl-delay
};

std::chrono::milliseconds CrawlSession::time_left() const {
  const auto now = std::chrono::steady_clock::now();
  constexpr std::chrono::milliseconds kDay{86'400'000};
  if (context_.deadline - now > kDay) return kDay;
  return std::max(std::chrono::milliseconds(1),
                  std::chrono::duration_cast<std::chrono::milliseconds>(context_.deadline - now));
}

HostThrottle::Wish CrawlSession::wish() const {
  return {.min_delay = settings_.min_delay,
          .longest_wait = std::min(crawler_.options().longest_wait, time_left()),
          .longest_delay = std::min(time_left(), std::max({settings_.min_delay, kLongestDelay,
                                                           crawler_.options().throttle.min_delay})),
          .stop = context_.stop,
          .leases = context_.leases};
}

std::string CrawlSession::next_user_agent() {
  if (settings_.user_agents.empty()) return crawler_.user_agent();
  const auto number = static_cast<std::size_t>(context_.requests_before + requests_);
  return settings_.user_agents[number % settings_.user_agents.size()];
}

bool CrawlSession::is_step_over() const {
  return is_over_budget() || std::chrono::steady_clock::now() >= context_.budget.step_deadline;
}

// Sends one request in the host's turn.
Result<void> CrawlSession::attempt(const net::Url& url, const CrawlRequest& request, Hop& hop) {
  HostThrottle::Wish wanted = wish();
  wanted.min_delay = std::max(wanted.min_delay, hop.min_delay);
  auto turn = crawler_.throttle().take(url.authority(), wanted);
  CrawlResponse& response = hop.response;
  if (!turn) {
    if (turn.error().code != ErrorCode::kUnavailable) return turn.error();
    fail_response(response, FetchProblem::kBlocked, url, turn.error().message);
    response.refuses = true;
    response.retry_at = now() + crawler_.throttle().pause_left(url.authority());
    return {};
  }
  if (request.begin) FIT_CHECK(request.begin());
  response.body.clear();
  std::optional<Error> sink_error;
  std::optional<std::chrono::milliseconds> latency;
  const Stopwatch watch;
  const auto elapsed = [&] { return std::chrono::duration_cast<std::chrono::milliseconds>(watch.elapsed()); };
  const std::uint64_t max_bytes = std::min(request.max_bytes, context_.budget.bytes);
  std::uint64_t received = 0;
  net::HttpClient::Request sent{.method = request.form ? "POST" : "GET", .url = url.text()};
  sent.headers = request.headers;
  sent.headers.push_back("User-Agent: " + next_user_agent());
  if (!request.etag.empty()) sent.headers.push_back("If-None-Match: " + request.etag);
  if (!request.last_modified.empty()) sent.headers.push_back("If-Modified-Since: " + request.last_modified);
  if (request.form) sent.body = as_bytes(*request.form);
  sent.accept_compressed = true;
  sent.limit_silence_only = request.is_large;
  sent.sink = [&](ByteView piece) -> Result<void> {
    if (!latency) latency = elapsed();
    turn->keep();
    if (std::chrono::steady_clock::now() >= context_.deadline)
      return Error{ErrorCode::kDeadlineExceeded, "could not be fetched in time", "url", {}};
    received += piece.size();
    if (request.sink) {
      auto written = request.sink(piece);
      if (!written) sink_error = written.error();
      return written;
    }
    response.body += as_text(piece);
    return {};
  };
  net::HttpLimits limits;
  limits.total_timeout = std::min(crawler_.options().timeout, time_left());
  limits.max_bytes = max_bytes;
  limits.retries = 0;
  limits.stop = context_.stop;
  ++requests_;
  --context_.budget.pages;
  auto reply = crawler_.http().send("url", sent, limits);
  bytes_ += received;
  context_.budget.bytes -= std::min(received, context_.budget.bytes);
  HostThrottle::Outcome outcome{.latency = latency.value_or(elapsed())};
  if (!reply) {
    turn->finish(outcome);
    if (sink_error) return *sink_error;
    if (reply.error().code == ErrorCode::kCancelled) return reply.error();
    hop.transfer_error = reply.error();
    return {};
  }
  hop.transfer_error.reset();
  outcome.status = reply->status;
  outcome.retry_after = net::parse_retry_after(reply->header("retry-after"), now());
  turn->finish(outcome);
  response.status = reply->status;
  response.url = url.text();
  response.content_type = reply->header("content-type");
  response.etag = reply->header("etag");
  response.last_modified = reply->header("last-modified");
  response.headers = std::move(reply->headers);
  return {};
}

// Sends a request, again after passing troubles, and says what its end means.
Result<void> CrawlSession::ask(const net::Url& url, const CrawlRequest& request, Hop& hop) {
  CrawlResponse& response = hop.response;
  for (int attempts = 1;; ++attempts) {
    if (is_over_budget()) {
      response.is_over_budget = true;
      return {};
    }
    FIT_CHECK(attempt(url, request, hop));
    if (response.failure) return {};
    const bool is_last = attempts >= kMaxAttempts || std::chrono::steady_clock::now() >= context_.deadline;
    const bool may_retry = hop.transfer_error ? is_worth_another_attempt(*hop.transfer_error)
                                              : response.status == 429 || response.status >= 500;
    if (!may_retry || is_last) break;
  }
  if (hop.transfer_error) {
    fail_response(response, problem_of(*hop.transfer_error), url, hop.transfer_error->message);
    return {};
  }
  const int status = response.status;
  if (is_redirect_status(status)) {
    hop.redirect = response.headers["location"];
    hop.is_forever = status == 301 || status == 308;
    if (hop.redirect.empty())
      fail_response(response, FetchProblem::kStatus, url, "redirects without an address");
    return {};
  }
  const std::string message = fit::format("the server responded with status {}", status);
  if (is_refused(status, response.headers)) {
    ++refusals_;
    response.refuses = status == 429 || status == 503 || refusals_ >= kRefusalsOfHost;
    const auto pause = crawler_.throttle().pause_left(url.authority());
    if (pause.count() > 0) response.retry_at = now() + pause;
    fail_response(response, FetchProblem::kBlocked, url, message);
    return {};
  }
  refusals_ = 0;
  const bool is_ordinary = (status >= 200 && status < 300) || status == 304 || status == 404 || status == 410;
  if (!is_ordinary) fail_response(response, FetchProblem::kStatus, url, message);
  return {};
}

Result<bool> CrawlSession::may_ask(const net::Url& url, bool obeys_robots, CrawlResponse& response) {
  if (!obeys_robots) return true;
  FIT_TRY(const auto robots, robots_of(url));
  if (robots->allows(url.target())) return true;
  if (robots->is_unreachable() && is_over_budget()) {
    response.is_over_budget = true;
    return false;
  }
  if (robots->is_unreachable()) {
    fail_response(response, FetchProblem::kUnreachable, url,
                  "robots.txt cannot be read, so nothing else of the host is");
    response.refuses = true;
  } else {
    fail_response(response, FetchProblem::kRobots, url, "robots.txt disallows the page");
  }
  return false;
}

Result<CrawlResponse> CrawlSession::get(const CrawlRequest& request) {
  CrawlResponse response;
  auto url = net::parse_url(request.url);
  if (!url) {
    response.failure = FetchFailure{FetchProblem::kForbidden, request.url, "is no http or https URL", {}};
    return response;
  }
  CrawlRequest sent = request;
  std::set<std::string> visited;
  bool is_forever = true;
  for (int hops = 0;; ++hops) {
    if (hops > kMaxHops || !visited.insert(url->text()).second) {
      fail_response(response, FetchProblem::kRedirects, *url,
                    hops > kMaxHops ? "there are too many redirects" : "the redirects lead in a circle");
      return response;
    }
    FIT_TRY(const bool may, may_ask(*url, request.obeys_robots, response));
    if (!may) return response;
    Hop hop{.response = response, .redirect = {}};
    if (request.obeys_robots) {
      FIT_TRY(const auto robots, robots_of(*url));
      hop.min_delay = robots->crawl_delay().value_or(std::chrono::milliseconds(0));
    }
    FIT_CHECK(ask(*url, sent, hop));
    if (hop.redirect.empty() || response.failure || response.is_over_budget) {
      response.has_moved = hops > 0 && is_forever;
      return response;
    }
    is_forever = is_forever && hop.is_forever;
    auto next = net::resolve_url(*url, hop.redirect);
    if (!next) {
      fail_response(response, FetchProblem::kForbidden, *url, "redirects to what is no http or https URL");
      return response;
    }
    // Credentials, and the body of a form, are for the host that the caller named.
    if (next->origin() != url->origin()) sent.headers.clear();
    if (sent.form) {
      fail_response(response, FetchProblem::kStatus, *url, "redirects a POST request");
      return response;
    }
    url = std::move(next);
  }
}

Result<std::shared_ptr<const Robots>> CrawlSession::robots_of(const net::Url& url) {
  const std::string origin = url.origin();
  if (auto known = crawler_.known_robots(origin)) return known;
  return fetch_robots(url);
}

// Fetches robots.txt by RFC 9309, 2.3: a 4xx status means that everything is allowed, other errors that
// nothing is; 429 counts as one of those. At most five redirects are followed, also to other hosts.
Result<std::shared_ptr<const Robots>> CrawlSession::fetch_robots(const net::Url& url) {
  std::string text;
  CrawlRequest request{.url = url.origin() + "/robots.txt", .obeys_robots = false};
  request.max_bytes = std::uint64_t{1} << 40;
  request.begin = [&]() -> Result<void> {
    text.clear();
    return {};
  };
  // What follows the limit is not fetched.
  request.sink = [&](ByteView piece) -> Result<void> {
    text += as_text(piece);
    if (text.size() >= Robots::kMaxBytes) return Error{ErrorCode::kTooLarge, "has enough", "robots.txt", {}};
    return {};
  };
  auto response = get(request);
  const bool is_cut = !response && response.error().code == ErrorCode::kTooLarge;
  if (!response && !is_cut) return response.error();
  Seconds lifetime = kLongestRobots;
  auto robots = std::make_shared<const Robots>(Robots::unreachable());
  if (is_cut || response->is_ok()) {
    robots = std::make_shared<const Robots>(Robots::parse(text, Crawler::kToken));
    if (!is_cut) lifetime = robots_lifetime(response->headers["cache-control"]);
  } else {
    const bool is_absent = response->status >= 400 && response->status < 500 && response->status != 429;
    const bool leads_nowhere = response->failure && response->failure->problem == FetchProblem::kRedirects;
    if (is_absent || leads_nowhere) {
      robots = std::make_shared<const Robots>(Robots::allow_all());
    } else {
      lifetime = kUnreachableRobots;
    }
    refusals_ = 0;
  }
  if (!is_cut && response->is_over_budget) return robots;
  crawler_.remember_robots(url.origin(), robots, lifetime);
  return robots;
}

}  // namespace fit::ingest
