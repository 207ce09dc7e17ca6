#include "ingest/sources/source.h"

#include <array>

#include "ingest/sources/fetched_listings.h"
#include "ingest/sources/sweep.h"
#include "net/url.h"

namespace fit::ingest {

std::string_view to_string(FetchProblem problem) {
  constexpr std::array kNames =
      std::to_array<std::string_view>({"robots", "blocked", "timeout", "unreachable", "status", "redirects",
                                       "too_large", "forbidden", "unreadable", "no_listing"});
  return kNames[static_cast<std::size_t>(problem)];
}

Result<std::unique_ptr<Source>> open_source(const OpenSource& options, Crawler& crawler) {
  switch (options.settings.kind) {
    case SourceKind::kFeed:
      return open_feed(options, crawler);
    case SourceKind::kShopify:
      return open_shopify(options, crawler);
    case SourceKind::kWooCommerce:
      return open_woocommerce(options, crawler);
    case SourceKind::kEbay:
      return open_ebay(options, crawler);
    case SourceKind::kSite:
      return open_site(options, crawler);
    case SourceKind::kRecipe:
      return open_recipe(options, crawler);
    case SourceKind::kPush:
      break;
  }
  return invalid("kind", "push is not fetched; its listings come from a person's browser");
}

Result<std::vector<FetchedListing>> read_capture(const std::string& name, const std::string& url,
                                                 std::string_view html) {
  const auto address = net::parse_url(url);
  if (!address) return invalid("url", "must be an http or https URL");
  const std::string text = address->text();
  FIT_TRY(ListingPage shown, read_listing_page({.url = text, .html = html, .content_type = "utf-8"}));
  if (shown.listings.empty()) return not_found("the page shows no listing");
  OpenSource options{.settings = {.kind = SourceKind::kPush}, .name = name};
  const ListingMaker maker(options);
  std::vector<FetchedListing> listings;
  for (PageListing& one : shown.listings) listings.push_back(maker.of_page(std::move(one), text));
  return listings;
}

}  // namespace fit::ingest
