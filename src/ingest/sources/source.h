#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "catalog/item_input.h"
#include "ingest/import/warning.h"
#include "ingest/sources/source_settings.h"

namespace fit::ingest {

class Crawler;
class HostLeases;

// A listing as a source shows it.
struct FetchedListing {
  catalog::ItemInput item;  // its source and external_id are set
  // Where each field came from: "title" -> "json-ld", "price" -> "variants.price". Fields of the item by
  // their names, properties too; "images" for all images.
  std::map<std::string, std::string> origins = {};
  std::string page_url = {};  // the page or document that it was read from
  std::string etag = {};      // the page's validators, for KnownPage; empty when the server sends none
  std::string last_modified = {};
  std::optional<Timestamp> ends_at = {};  // when the offer ends; nullopt: not known
  Warnings warnings = {};
};

// A page that had a listing and has none now.
struct GonePage {
  std::string page_url;
  std::string external_id;  // empty when only the page is known
  int status = 0;           // 404 or 410
};

// Why something could not be fetched or read. to_string() is the name in counts of failures.
enum class FetchProblem : std::uint8_t {
  kRobots,       // robots.txt disallows the page
  kBlocked,      // the server refuses: 401, 403, 429, 451, or 503 again and again
  kTimeout,      // no response in time
  kUnreachable,  // no such host, no connection, a broken transfer
  kStatus,       // another error status
  kRedirects,    // too many redirects, or one that leads in a circle
  kTooLarge,     // more bytes than the limit
  kForbidden,    // an address that is not public
  kUnreadable,   // a document or a row that cannot be read
  kNoListing,    // a product page without a listing
};
std::string_view to_string(FetchProblem problem);

// One failure. The listings of other pages are not concerned.
struct FetchFailure {
  FetchProblem problem = FetchProblem::kStatus;
  std::string url;          // or the line of a feed
  std::string message;      // for people; a sentence without a final period
  std::string external_id;  // of a row of a feed; often empty
};

// How a call of fetch() ended.
enum class FetchEnd : std::uint8_t {
  kMore,     // there is more: call again with the new state
  kDone,     // the sweep is over
  kBudget,   // the budget is spent; the next run continues from the new state
  kBlocked,  // the host refuses; the next run continues from the new state
  kFailed,   // the document or host cannot be read now; the next run begins a sweep
};

// One page of a source: a step of a sweep. A sweep is one pass over everything that the source has. It can
// take several runs, when a budget ends a run before.
struct FetchPage {
  std::vector<FetchedListing> listings;
  std::vector<GonePage> gone;
  // Product pages that were not read, and whose listings are known to be there: those that the server
  // answered with 304, and those that are not due.
  std::vector<std::string> unchanged;
  std::vector<FetchFailure> failures;
  std::vector<std::string> remarks;  // on the source as a whole: how a feed was read, which columns it lacks

  FetchEnd end = FetchEnd::kMore;
  // Whether, with kDone, the sweep listed everything that the source has, so that a listing which it lacks is
  // gone. It is false after any failure that may hide a listing, and for kinds with product pages (site,
  // recipe), whose pages say themselves that they are gone (FetchContext::unseen_pages).
  bool is_complete = false;
  // Whether, with kDone, the whole source is unchanged since the last sweep (304); listings is empty then.
  bool is_unchanged = false;
  // The failure that ended the call with kBlocked or kFailed, and when the server said to come back.
  std::optional<FetchFailure> ended_by = {};
  std::optional<Timestamp> retry_at = {};

  // The state after this page. Store it in the transaction that stores what the page changed.
  Json state;
  Timestamp sweep_started_at;    // a complete sweep has seen every listing at or after this time
  std::int64_t pages_done = 0;   // of the sweep, for progress
  std::int64_t pages_total = 0;  // 0: not known
  std::int64_t requests = 0;     // HTTP requests of this call
  std::uint64_t bytes = 0;       // bytes of their bodies
  std::string address;           // where the source has moved for good (301, 308); empty: it has not
};

// What may be spent in one run. fetch() subtracts what it uses.
struct RunBudget {
  std::int64_t pages = 10'000;                   // HTTP requests
  std::uint64_t bytes = std::uint64_t{4} << 30;  // of bodies, decompressed
  // The step ends soon after this time, with kMore.
  std::chrono::steady_clock::time_point step_deadline = std::chrono::steady_clock::time_point::max();
};

// What is known of a product page from earlier visits.
struct KnownPage {
  std::string etag = {};  // as FetchedListing had it
  std::string last_modified = {};
  std::optional<Timestamp> visited_at = {};
  bool is_due =
      true;  // false: the page is not visited, unless a sitemap says that it changed since visited_at
};

// What a call of fetch() may use. It must outlive the call.
struct FetchContext {
  RunBudget& budget;
  std::stop_token stop = {};
  // Requests and waits end at this time, as if the host did not respond.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // What is known of a page, by its URL (FetchedListing::page_url); nullopt: it is new. Empty: all are new.
  std::function<Result<std::optional<KnownPage>>(const std::string& url)> known_page = {};
  // The pages (FetchedListing::page_url) of listings that are for sale and that no page since `time` has
  // shown, in the order of their URLs, from the first after `after` on, at most `limit`. Kinds with product
  // pages visit them at the end of a sweep, to see whether they are gone. Empty: none are visited.
  std::function<Result<std::vector<std::string>>(Timestamp time, const std::string& after, std::size_t limit)>
      unseen_pages = {};
  // The leases of hosts among all processes that ask them; null: only this process asks.
  HostLeases* leases = nullptr;
  std::int64_t requests_before = 0;  // of the caller, so that SourceSettings::user_agents take their turns
};

// Where listings come from. An object is used by one run at a time, and keeps what it has read between two
// calls; a new object continues from any state. Calls block.
class Source {
 public:
  virtual ~Source() = default;

  // Fetches the next page of the sweep. `state` is that of the page before, also when that was of another
  // run or process; a null state, or that of a sweep that is over, begins a sweep. What fails at the source
  // is part of the page. Errors: kCancelled after `stop` (continue from the same state), kInvalid naming
  // `state` for a state of another source, and those of the disk.
  virtual Result<FetchPage> fetch(const Json& state, const FetchContext& context) = 0;
};

// Opens a source. `name` is the source of its listings (domain::Listing::source). `crawler` must outlive it.
// kInvalid naming the setting that the kind needs or cannot read; kInvalid for kPush, which is not fetched.
struct OpenSource {
  SourceSettings settings;
  std::string name;
  std::size_t max_image_bytes = std::size_t{20} << 20;
};
Result<std::unique_ptr<Source>> open_source(const OpenSource& options, Crawler& crawler);

// Reads what a person's browser shows: the page's URL and HTML in UTF-8. Fetches nothing. kInvalid naming
// "url"; kNotFound when the page has no listing.
Result<std::vector<FetchedListing>> read_capture(const std::string& name, const std::string& url,
                                                 std::string_view html);

// Finds out how an address can be read.
struct Detected {
  SourceSettings settings;                    // of the kind that fits
  std::vector<FetchedListing> listings = {};  // the first, at most `max_listings`
  std::vector<std::string> remarks = {};
  // The kinds that were tried before and why they do not fit.
  std::vector<std::string> tried = {};
};
// Tries kinds in order (feed, shop systems, site) and reads the first listings. Stores nothing. Ends within
// `time_limit`. kBadGateway when no kind fits, with what was tried in the message; kCancelled.
struct DetectOptions {
  std::string name = "test";
  std::size_t max_listings = 10;
  std::chrono::milliseconds time_limit{50'000};
  std::optional<SourceSettings> settings = {};  // tests these instead of finding a kind
  HostLeases* leases = nullptr;                 // as FetchContext::leases
};
Result<Detected> detect_source(const std::string& address, const DetectOptions& options, Crawler& crawler,
                               const std::stop_token& stop);

}  // namespace fit::ingest
