#include <algorithm>

#include "base/format.h"
#include "ingest/pages/sitemap.h"
#include "ingest/sources/product_pages.h"
#include "ingest/sources/sweep.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxSitemaps = 1000;
constexpr int kMostFruitlessLists = 20;
constexpr std::uint64_t kMaxPackedSitemap = std::uint64_t{50} << 20;

Result<std::vector<LinkPattern>> make_patterns(const char* field, const std::vector<std::string>& texts) {
  std::vector<LinkPattern> patterns;
  for (const std::string& text : texts) {
    FIT_TRY(LinkPattern pattern, LinkPattern::make(field, text));
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

// Which pages of a site are read.
struct SitePatterns {
  std::vector<LinkPattern> products;
  std::vector<LinkPattern> lists;
  std::vector<LinkPattern> excluded;

  static Result<SitePatterns> make(const SourceSettings& settings) {
    SitePatterns patterns;
    FIT_TRY(patterns.products, make_patterns("settings.product_patterns", settings.product_patterns));
    FIT_TRY(patterns.lists, make_patterns("settings.listing_patterns", settings.listing_patterns));
    FIT_TRY(patterns.excluded, make_patterns("settings.exclude_patterns", settings.exclude_patterns));
    return patterns;
  }
  bool is_product(const std::string& url) const {
    return matches_any(products, url) && !matches_any(excluded, url);
  }
  bool is_list(const std::string& url) const {
    return matches_any(lists, url) && !matches_any(excluded, url);
  }
  // Whether a page of a sitemap is read.
  bool is_listed(const std::string& url) const {
    return (products.empty() || matches_any(products, url)) && !matches_any(excluded, url);
  }
};

std::vector<std::string> texts_in(const Json& cursor, const char* name) {
  const auto found = cursor.find(name);
  std::vector<std::string> texts;
  if (found == cursor.end() || !found->is_array()) return texts;
  for (const Json& text : *found) {
    if (text.is_string()) texts.push_back(text.get<std::string>());
  }
  return texts;
}

// Of the sitemaps of an index those that are about products, if their names say which; otherwise all.
std::vector<std::string> product_sitemaps(const std::vector<SitemapEntry>& entries) {
  const auto is_of_products = [](const std::string& url) { return url.contains("product"); };
  const bool has_some = std::ranges::any_of(entries, is_of_products, &SitemapEntry::url);
  std::vector<std::string> urls;
  for (const SitemapEntry& entry : entries) {
    if (!has_some || is_of_products(entry.url)) urls.push_back(entry.url);
  }
  return urls;
}

// Reads a site: the pages of its sitemaps, or those that the links of its listing pages lead to.
class SiteSource final : public SweptSource {
 public:
  SiteSource(const OpenSource& options, Crawler& crawler, net::Url address, SitePatterns patterns)
      : SweptSource(options, crawler),
        maker_(options),
        address_(std::move(address)),
        patterns_(std::move(patterns)) {}

 protected:
  Result<void> step(const SweepStep& step) override {
    ProductPages pages(step, maker_, read_listings, !patterns_.products.empty());
    if (!step.sweep.cursor().contains("after")) {
      FIT_TRY(const bool is_over,
              settings().start_pages.empty() ? read_sitemaps(step, pages) : follow_links(step, pages));
      if (!is_over) return {};
      step.sweep.cursor()["after"] = "";
    }
    FIT_TRY(const bool has_seen_all, pages.visit_unseen());
    if (!has_seen_all) return {};
    step.finish();
    step.page.is_complete = false;
    return {};
  }

 private:
  // Reads the next pages of the sitemaps. True when there are no more.
  Result<bool> read_sitemaps(const SweepStep& step, ProductPages& pages) {
    Json& cursor = step.sweep.cursor();
    if (!cursor.contains("sitemaps")) {
      FIT_TRY(const auto urls, find_sitemaps(step));
      cursor["sitemaps"] = urls;
      cursor["at"] = 0;
    }
    while (!pages.is_full()) {
      const std::vector<std::string> sitemaps = texts_in(cursor, "sitemaps");
      const auto at = static_cast<std::size_t>(json_number(cursor, "at", 0));
      if (at >= sitemaps.size()) return true;
      if (loaded_url_ != sitemaps[at]) {
        FIT_TRY(const bool is_loaded, load(step, sitemaps, at));
        if (!is_loaded) return false;
        continue;
      }
      FIT_TRY(const bool is_read, visit_entries(step, pages));
      if (!is_read) return false;
    }
    return false;
  }

  // The address itself if it is a sitemap, otherwise those of the settings, of robots.txt, or /sitemap.xml.
  Result<std::vector<std::string>> find_sitemaps(const SweepStep& step) {
    if (!settings().sitemaps.empty()) return settings().sitemaps;
    const std::string& path = address_.path;
    if (path.ends_with(".xml") || path.ends_with(".xml.gz") || path.ends_with(".txt"))
      return std::vector<std::string>{address_.text()};
    FIT_TRY(const auto robots, step.session.robots_of(address_));
    std::vector<std::string> urls;
    for (const std::string& sitemap : robots->sitemaps()) {
      const auto url = net::resolve_url(address_, sitemap);
      if (url) urls.push_back(url->text());
    }
    if (urls.empty()) urls.push_back(address_.origin() + "/sitemap.xml");
    return urls;
  }

  // Fetches a sitemap. An index is replaced by the sitemaps that it lists. False when the step has ended.
  Result<bool> load(const SweepStep& step, const std::vector<std::string>& sitemaps, std::size_t at) {
    Json& cursor = step.sweep.cursor();
    const std::string& url = sitemaps[at];
    loaded_ = crawler().sitemaps().find(shared_name(step, url));
    if (loaded_) {
      loaded_url_ = url;
      return true;
    }
    FIT_TRY(const CrawlResponse response, step.session.get({.url = url, .max_bytes = kMaxPackedSitemap}));
    if (response.is_over_budget || response.refuses) {
      step.end_with(response);
      return false;
    }
    Result<Sitemap> sitemap = Sitemap{};
    if (response.is_ok()) sitemap = parse_sitemap(as_bytes(response.body));
    if (!response.is_ok() || !sitemap) {
      if (sitemaps.size() == 1) {
        if (response.is_ok()) {
          step.fail(url, "is no sitemap: " + sitemap.error().message);
        } else {
          step.end_with(response);
        }
        return false;
      }
      note_failure(step, url, response, sitemap);
      cursor["at"] = at + 1;
      cursor["offset"] = 0;
      return true;
    }
    if (sitemap->is_cut) step.page.remarks.push_back(url + " is damaged or too long; the rest is not read");
    if (!sitemap->is_index) {
      loaded_url_ = url;
      loaded_ = std::make_shared<const Sitemap>(*std::move(sitemap));
      crawler().sitemaps().keep(shared_name(step, url), loaded_);
      return true;
    }
    std::vector<std::string> all = sitemaps;
    for (std::string& child : product_sitemaps(sitemap->entries)) {
      if (all.size() < kMaxSitemaps && !std::ranges::contains(all, child)) all.push_back(std::move(child));
    }
    cursor["sitemaps"] = all;
    cursor["at"] = at + 1;
    cursor["offset"] = 0;
    return true;
  }

  static std::string shared_name(const SweepStep& step, const std::string& url) {
    return to_rfc3339(step.sweep.started_at()) + " " + url;
  }

  static void note_failure(const SweepStep& step, const std::string& url, const CrawlResponse& response,
                           const Result<Sitemap>& sitemap) {
    step.sweep.note_gap();
    step.page.failures.push_back(response.failure.value_or(
        FetchFailure{FetchProblem::kUnreadable,
                     url,
                     response.is_ok() ? "is no sitemap: " + sitemap.error().message
                                      : fit::format("the server responded with status {}", response.status),
                     {}}));
  }

  // Visits pages of the loaded sitemap. False when the step has ended.
  Result<bool> visit_entries(const SweepStep& step, ProductPages& pages) {
    Json& cursor = step.sweep.cursor();
    auto offset = static_cast<std::size_t>(json_number(cursor, "offset", 0));
    const std::string host = url_host(address_.text());
    step.page.pages_total = std::ssize(loaded_->entries);
    for (; offset < loaded_->entries.size(); ++offset) {
      if (pages.is_full()) break;
      const SitemapEntry& entry = loaded_->entries[offset];
      const std::string url = clean_url(entry.url);
      const bool is_here = url_host(url) == host || url_host(url) == url_host(loaded_url_);
      if (is_here && patterns_.is_listed(url)) {
        FIT_TRY(const bool is_visited, pages.visit(url, entry.modified_at));
        if (!is_visited) return false;
      }
      cursor["offset"] = offset + 1;
    }
    if (offset >= loaded_->entries.size()) {
      cursor["at"] = static_cast<std::size_t>(json_number(cursor, "at", 0)) + 1;
      cursor["offset"] = 0;
      crawler().sitemaps().drop(shared_name(step, loaded_url_));
      loaded_url_.clear();
    }
    return true;
  }

  // Follows the links of listing pages. True when no page waits.
  Result<bool> follow_links(const SweepStep& step, ProductPages& pages) {
    LinkQueue queue(step.sweep.cursor());
    if (!queue.has_begun()) {
      for (const std::string& url : settings().start_pages) queue.add_list(clean_url(url));
    }
    while (!pages.is_full()) {
      if (const auto product = queue.next_product()) {
        FIT_TRY(const bool is_visited, pages.visit(*product));
        if (!is_visited) return false;
        queue.drop_product();
        continue;
      }
      const auto list = queue.next_list();
      if (!list) {
        if (queue.is_cut()) step.page.remarks.emplace_back("there are more links than are followed");
        return true;
      }
      FIT_TRY(const auto page, fetch_list_page(step, *list));
      if (!page && step.page.end != FetchEnd::kMore) return false;
      queue.drop_list();
      if (page) take_links(step, *page, queue);
    }
    return false;
  }

  // Queues what a listing page links to. Listing pages that show nothing new, one after the other, are a
  // trap.
  void take_links(const SweepStep& step, const WebPage& page, LinkQueue& queue) const {
    bool has_new = false;
    std::vector<std::string> links = page_links(page);
    const std::string next = clean_url(next_page(page));
    for (const std::string& url : links) {
      if (looks_like_trap(url)) continue;
      if (patterns_.is_product(url)) {
        has_new = queue.add_product(url) || has_new;
      } else if (patterns_.is_list(url)) {
        queue.add_list(url);
      }
    }
    if (!next.empty() && url_host(next) == url_host(page.url()) && !looks_like_trap(next))
      queue.add_list(next);
    Json& cursor = step.sweep.cursor();
    const std::int64_t fruitless = has_new ? 0 : json_number(cursor, "fruitless", 0) + 1;
    cursor["fruitless"] = fruitless;
    if (fruitless < kMostFruitlessLists || !queue.next_list()) return;
    queue.drop_all_lists();
    step.page.remarks.push_back(fit::format(
        "{} listing pages in a row led to no new product; the others are not read", kMostFruitlessLists));
  }

  const ListingMaker maker_;
  const net::Url address_;
  const SitePatterns patterns_;
  std::string loaded_url_;  // the sitemap in loaded_; empty: none
  std::shared_ptr<const Sitemap> loaded_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_site(const OpenSource& options, Crawler& crawler) {
  auto address = net::parse_url(options.settings.address);
  if (!address) return invalid("address", "must be an http or https URL");
  FIT_TRY(SitePatterns patterns, SitePatterns::make(options.settings));
  return std::make_unique<SiteSource>(options, crawler, *std::move(address), std::move(patterns));
}

}  // namespace fit::ingest
