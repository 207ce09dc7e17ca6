#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "ingest/pages/page_links.h"
#include "ingest/pages/web_page.h"
#include "ingest/sources/fetched_listings.h"
#include "ingest/sources/sweep.h"

namespace fit::ingest {

// Visits the product pages of one step. A page that is known and not due, or that the server says is
// unchanged, is not read. Not thread-safe.
class ProductPages {
 public:
  // Reads the listings of a page.
  using Reader = std::function<ListingPage(const WebPage&)>;

  // The arguments must outlive the object. `must_have_listings`: whether a page without one is a failure.
  ProductPages(const SweepStep& step, const ListingMaker& maker, Reader reader, bool must_have_listings)
      : step_(step), maker_(maker), reader_(std::move(reader)), must_have_listings_(must_have_listings) {}

  // Visits a page. `modified_at`: when the site says that it changed; a later time than that of the last
  // visit makes it due. False when the step has ended, and the page must be visited again.
  Result<bool> visit(const std::string& url, std::optional<Timestamp> modified_at = {});
  // Whether the step should end: enough pages were visited, or its time is over.
  bool is_full() const;

  // Visits some of the pages that the sweep has not shown (FetchContext::unseen_pages), whether they are due
  // or not. True when there are no more.
  Result<bool> visit_unseen();

 private:
  Result<bool> fetch(const std::string& url, const std::optional<KnownPage>& known);
  void read(const std::string& url, const CrawlResponse& response);
  void add_gone(const std::string& url, int status);

  const SweepStep& step_;
  const ListingMaker& maker_;
  const Reader reader_;
  const bool must_have_listings_;
  int visits_ = 0;    // pages that were asked for
  int passed_ = 0;    // pages that were not
  int troubles_ = 0;  // transfers without a response, in a row
};

// Fetches a page that leads to product pages and parses it. nullopt when it cannot be read: then the failure
// is in the page, and the sweep has a gap; when nothing more can be asked, the step has ended.
Result<std::optional<WebPage>> fetch_list_page(const SweepStep& step, const std::string& url);

// Product and list pages that links lead to, in a sweep's cursor: those that wait, and the numbers of those
// that are known, so that none is visited twice. Bounded: a site that makes addresses without end (calendars,
// session ids) cannot fill it.
class LinkQueue {
 public:
  // `cursor` must outlive the queue.
  explicit LinkQueue(Json& cursor);

  bool has_begun() const { return cursor_.contains("lists"); }
  // Add a page unless it is known. False when it is known, or there is no room.
  bool add_product(const std::string& url) { return add("products", url); }
  bool add_list(const std::string& url) { return add("lists", url); }
  // The first page that waits, which stays until it is dropped; nullopt when none does.
  std::optional<std::string> next_product() const { return next("products"); }
  std::optional<std::string> next_list() const { return next("lists"); }
  void drop_product() { drop("products"); }
  void drop_list() { drop("lists"); }
  void drop_all_lists() { cursor_["lists"] = Json::array(); }
  // Whether a page was left out because there was no room.
  bool is_cut() const { return cursor_.contains("cut"); }

  static constexpr std::size_t kMaxWaiting = 5000;
  static constexpr std::size_t kMaxKnown = 20'000;

 private:
  bool add(const char* list, const std::string& url);
  std::optional<std::string> next(const char* list) const;
  void drop(const char* list);

  Json& cursor_;
  std::unordered_set<std::string> known_;
};

// Whether an address looks like one of a trap: very long, very deep, or with a part of its path again and
// again.
bool looks_like_trap(const std::string& url);

}  // namespace fit::ingest
