#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace fit::ingest {

// The kinds of sources.
enum class SourceKind : std::uint8_t {
  kFeed,         // a table, NDJSON, JSON or XML document, by URL or path
  kShopify,      // a shop's /products.json
  kWooCommerce,  // a shop's Store API
  kEbay,         // eBay's Browse API
  kSite,         // a site's sitemap or listing pages, then its product pages
  kRecipe,       // a site by a recipe
  kPush,         // pages that a person's browser sends
};
std::string_view to_string(SourceKind kind);  // "feed", "shopify", "woocommerce", "ebay", "site", ...
// kInvalid naming `field` for other texts.
Result<SourceKind> parse_source_kind(std::string_view field, std::string_view text);

// What an operator says about a source, besides its name and schedule. Patterns are those of
// ingest/pages/page_links.h.
struct SourceSettings {
  SourceKind kind = SourceKind::kFeed;
  std::string address =
      {};  // URL, or an absolute path for a feed; of eBay empty (api.ebay.com) or its sandbox

  // These settings keep requests polite.
  std::vector<std::string> user_agents = {};       // one for each request in turn; empty: the program's own
  std::chrono::milliseconds min_delay{0};          // between requests, besides the program's and Crawl-delay
  std::int64_t max_pages = 10'000;                 // requests in a run
  std::int64_t max_bytes = std::int64_t{4} << 30;  // bytes of bodies in a run; at most 8 GiB

  std::string currency = {};  // of prices without one; empty: none

  // A feed has these settings.
  std::string shape = {};                 // as ImportOptions::shape
  std::vector<std::string> mapping = {};  // as ImportOptions::mapping

  // A site has these settings.
  std::vector<std::string> sitemaps = {};          // URLs; empty: those of robots.txt, otherwise /sitemap.xml
  std::vector<std::string> start_pages = {};       // URLs of listing pages; given: sitemaps are not read
  std::vector<std::string> product_patterns = {};  // of product pages; empty: all pages of a sitemap
  std::vector<std::string> listing_patterns = {};  // of listing pages that lead to product pages
  std::vector<std::string> exclude_patterns = {};  // of pages that are never read

  std::string recipe = {};  // the name of a recipe that ships with the program, or its TOML text

  // A source of eBay has these settings.
  std::string query = {};
  std::string category_ids = {};
  std::string filter = {};       // of the Browse API: "conditions:{USED}"
  std::string marketplace = {};  // "EBAY_US"
  std::string client_id = {};
  std::string client_secret = {};
};

// Reads the settings of a source from JSON: the members above by name, and "min_delay_ms" for the delay. An
// absent `settings` is an empty object. kInvalid naming the member ("settings.user_agents[0]") for an unknown
// one, one of another kind and a bad value, and naming "address" for an address that the kind cannot have.
Result<SourceSettings> parse_source_settings(SourceKind kind, const std::string& address,
                                             const Json& settings);
// Returns settings as JSON, without members that have their default value. Without `with_secrets`,
// client_secret is left out.
Json source_settings_json(const SourceSettings& settings, bool with_secrets);

}  // namespace fit::ingest
