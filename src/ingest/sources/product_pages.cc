#include "ingest/sources/product_pages.h"

#include <algorithm>
#include <map>

#include "base/format.h"
#include "base/hash.h"

namespace fit::ingest {
namespace {

constexpr int kVisitsPerStep = 10;
constexpr int kPassedPerStep = 1000;
constexpr int kMostTroubles = 5;
constexpr std::size_t kLongestAddress = 1000;
constexpr int kDeepestPath = 12;
constexpr int kMostEqualSegments = 3;

// A short number that stands for an address.
std::string address_number(const std::string& url) {
  return fit::format("{:x}", xxh3(as_bytes(url)));
}

bool is_trouble(const FetchFailure& failure) {
  return failure.problem == FetchProblem::kUnreachable || failure.problem == FetchProblem::kTimeout;
}

bool is_front_page(const std::string& url) {
  const auto parsed = net::parse_url(url);
  return parsed && parsed->path == "/" && parsed->query.empty();
}

}  // namespace

bool ProductPages::is_full() const {
  return visits_ >= kVisitsPerStep || passed_ >= kPassedPerStep || step_.session.is_step_over();
}

Result<bool> ProductPages::visit(const std::string& url, std::optional<Timestamp> modified_at) {
  std::optional<KnownPage> known;
  if (step_.context.known_page) {
    FIT_TRY(known, step_.context.known_page(url));
  }
  const bool has_changed = modified_at && known && known->visited_at && *modified_at > *known->visited_at;
  if (known && !known->is_due && !has_changed) {
    ++passed_;
    step_.page.unchanged.push_back(url);
    return true;
  }
  return fetch(url, known);
}

void ProductPages::add_gone(const std::string& url, int status) {
  step_.page.gone.push_back({url, listing_id(url), status});
}

Result<bool> ProductPages::fetch(const std::string& url, const std::optional<KnownPage>& known) {
  CrawlRequest request{.url = url};
  if (known) {
    request.etag = known->etag;
    request.last_modified = known->last_modified;
  }
  FIT_TRY(const CrawlResponse response, step_.session.get(request));
  ++visits_;
  if (response.is_over_budget || response.refuses) {
    step_.end_with(response);
    return false;
  }
  if (response.failure) {
    troubles_ = is_trouble(*response.failure) ? troubles_ + 1 : 0;
    if (troubles_ >= kMostTroubles) {
      step_.end_with(response);
      return false;
    }
    step_.page.failures.push_back(*response.failure);
  } else if (response.status == 304) {
    step_.page.unchanged.push_back(url);
  } else if (response.is_gone()) {
    add_gone(url, response.status);
  } else if (is_front_page(response.url) && !is_front_page(url)) {
    // Shops send visitors of what they no longer have to their front page.
    add_gone(url, 410);
  } else {
    read(url, response);
  }
  if (!response.failure) troubles_ = 0;
  step_.sweep.count_page();
  return true;
}

void ProductPages::read(const std::string& url, const CrawlResponse& response) {
  const auto fail = [&](FetchProblem problem, std::string message) {
    step_.page.failures.push_back({problem, url, std::move(message), {}});
  };
  const auto page =
      WebPage::parse({.url = response.url, .html = response.body, .content_type = response.content_type});
  if (!page) return fail(FetchProblem::kUnreadable, "the page " + page.error().message);
  ListingPage shown = reader_(*page);
  if (shown.listings.empty() || shown.is_list) {
    if (must_have_listings_) fail(FetchProblem::kNoListing, "the page shows no listing");
    return;
  }
  for (PageListing& one : shown.listings) {
    FetchedListing listing = maker_.of_page(std::move(one), response.url);
    listing.page_url = url;
    listing.etag = response.etag;
    listing.last_modified = response.last_modified;
    step_.page.listings.push_back(std::move(listing));
  }
}

Result<bool> ProductPages::visit_unseen() {
  if (!step_.context.unseen_pages) return true;
  Json& cursor = step_.sweep.cursor();
  while (!is_full()) {
    const std::string after = json_text(cursor, "after");
    FIT_TRY(const auto urls, step_.context.unseen_pages(step_.sweep.started_at(), after, kVisitsPerStep));
    if (urls.empty()) return true;
    for (const std::string& url : urls) {
      if (is_full()) break;
      std::optional<KnownPage> known;
      if (step_.context.known_page) {
        FIT_TRY(known, step_.context.known_page(url));
      }
      FIT_TRY(const bool is_visited, fetch(url, known));
      if (!is_visited) return false;
      cursor["after"] = url;
    }
  }
  return false;
}

Result<std::optional<WebPage>> fetch_list_page(const SweepStep& step, const std::string& url) {
  FIT_TRY(const CrawlResponse response, step.session.get({.url = url}));
  if (response.is_over_budget || response.refuses) {
    step.end_with(response);
    return std::nullopt;
  }
  step.sweep.count_page();
  std::optional<FetchFailure> failure = response.failure;
  if (!failure && !response.is_ok())
    failure = FetchFailure{
        FetchProblem::kStatus, url, fit::format("the server responded with status {}", response.status), {}};
  if (!failure) {
    auto page =
        WebPage::parse({.url = response.url, .html = response.body, .content_type = response.content_type});
    if (page) return *std::move(page);
    failure = FetchFailure{FetchProblem::kUnreadable, url, "the page " + page.error().message, {}};
  }
  step.page.failures.push_back(*std::move(failure));
  step.sweep.note_gap();
  return std::nullopt;
}

LinkQueue::LinkQueue(Json& cursor) : cursor_(cursor) {
  const auto known = cursor.find("known");
  if (known == cursor.end() || !known->is_array()) return;
  for (const Json& number : *known) {
    if (number.is_string()) known_.insert(number.get<std::string>());
  }
}

bool LinkQueue::add(const char* list, const std::string& url) {
  const std::string number = address_number(url);
  if (known_.contains(number)) return false;
  // A new member moves the others, so that no reference to one may be kept.
  for (const char* member : {list, "known"}) {
    if (!cursor_[member].is_array()) cursor_[member] = Json::array();
  }
  if (known_.size() >= kMaxKnown || cursor_[list].size() >= kMaxWaiting) {
    cursor_["cut"] = true;
    return false;
  }
  known_.insert(number);
  cursor_["known"].push_back(number);
  cursor_[list].push_back(url);
  return true;
}

std::optional<std::string> LinkQueue::next(const char* list) const {
  const auto waiting = cursor_.find(list);
  const bool has_some = waiting != cursor_.end() && waiting->is_array() && !waiting->empty();
  if (!has_some || !waiting->front().is_string()) return std::nullopt;
  return waiting->front().get<std::string>();
}

void LinkQueue::drop(const char* list) {
  Json& waiting = cursor_[list];
  if (!waiting.empty()) waiting.erase(waiting.begin());
}

bool looks_like_trap(const std::string& url) {
  if (url.size() > kLongestAddress) return true;
  const auto parsed = net::parse_url(url);
  if (!parsed) return true;
  std::map<std::string_view, int> segments;
  int depth = 0;
  std::string_view path = parsed->path;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    if (segment.empty()) continue;
    if (++depth > kDeepestPath || ++segments[segment] > kMostEqualSegments) return true;
  }
  return false;
}

}  // namespace fit::ingest
