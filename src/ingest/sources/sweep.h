#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "ingest/sources/crawler.h"
#include "ingest/sources/source.h"

namespace fit::ingest {

// Where a sweep stands, as FetchPage::state has it. A value type.
class SweepState {
 public:
  // Continues the sweep of a state. Begins one after a null state, after the end of a sweep, and after one
  // that has read nothing. kInvalid naming "state" for the state of another kind.
  static Result<SweepState> from(const Json& state, SourceKind kind);

  Timestamp started_at() const { return started_at_; }
  bool is_new() const { return is_new_; }  // whether this object began the sweep
  // What the kind remembers within a sweep, and from one sweep to the next; objects.
  Json& cursor() { return cursor_; }
  Json& kept() { return kept_; }
  // Something was not read that may hide a listing.
  void note_gap() { has_gap_ = true; }
  bool has_gap() const { return has_gap_; }
  void count_page(std::int64_t pages = 1) { pages_ += pages; }
  std::int64_t pages() const { return pages_; }
  // Begins the sweep again, from its first page.
  void restart();
  void end() { is_over_ = true; }

  Json json() const;

 private:
  SourceKind kind_ = SourceKind::kFeed;
  Timestamp started_at_;
  bool is_new_ = true;
  bool is_over_ = false;
  bool has_gap_ = false;
  std::int64_t pages_ = 0;
  Json cursor_ = Json::object();
  Json kept_ = Json::object();
};

// One step of a source: what it reads with, and the page that it fills.
struct SweepStep {
  SweepState& sweep;
  CrawlSession& session;
  const FetchContext& context;
  FetchPage& page;

  // Ends the sweep; it is complete unless it has a gap.
  void finish() const;
  // Ends the step for a response that cannot be used: kBudget, kBlocked or kFailed.
  void end_with(const CrawlResponse& response) const;
  // Ends the step with kFailed for a document that cannot be read.
  void fail(const std::string& url, std::string message) const;
};

// Sends a request and parses the body as JSON. nullopt when the step has ended (SweepStep::end_with()). At
// most 20 MB. `response` is filled.
Result<std::optional<Json>> fetch_json(const SweepStep& step, CrawlRequest request, CrawlResponse& response);

// What the kinds that sweep have in common: reading and writing the state, and the counts of a page.
class SweptSource : public Source {
 public:
  // `crawler` must outlive the source.
  SweptSource(OpenSource options, Crawler& crawler) : options_(std::move(options)), crawler_(crawler) {}

  Result<FetchPage> fetch(const Json& state, const FetchContext& context) final;

 protected:
  // Reads the next page of the sweep into `step.page`, whose end is kMore.
  virtual Result<void> step(const SweepStep& step) = 0;

  const OpenSource& options() const { return options_; }
  const SourceSettings& settings() const { return options_.settings; }
  Crawler& crawler() { return crawler_; }

 private:
  const OpenSource options_;
  Crawler& crawler_;
};

// The kinds. Errors as for open_source().
Result<std::unique_ptr<Source>> open_feed(const OpenSource& options, Crawler& crawler);
Result<std::unique_ptr<Source>> open_shopify(const OpenSource& options, Crawler& crawler);
Result<std::unique_ptr<Source>> open_woocommerce(const OpenSource& options, Crawler& crawler);
Result<std::unique_ptr<Source>> open_ebay(const OpenSource& options, Crawler& crawler);
Result<std::unique_ptr<Source>> open_site(const OpenSource& options, Crawler& crawler);
Result<std::unique_ptr<Source>> open_recipe(const OpenSource& options, Crawler& crawler);

}  // namespace fit::ingest
