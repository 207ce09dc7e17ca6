#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/item_input.h"
#include "ingest/import/warning.h"
#include "ingest/pages/web_page.h"

namespace fit::ingest {

// Which part of a page a value was read from, the most reliable first.
enum class ValueOrigin : std::uint8_t {
  kRecipe,     // the selector of a recipe
  kJsonLd,     // schema.org in a script of JSON-LD
  kMicrodata,  // schema.org in attributes (itemprop)
  kRdfa,       // schema.org in attributes (property, typeof)
  kMeta,       // OpenGraph and other <meta> elements
  kState,      // JSON that the page's own scripts read (__NEXT_DATA__, window.__STATE__ = {…})
  kVisible,    // what the page shows
  kAddress,    // the page's address
};

// The name in the API and in reports: "recipe", "json_ld", "microdata", "rdfa", "meta", "state", "visible",
// "address".
std::string_view to_string(ValueOrigin origin);

// Where a field of a listing came from.
struct FieldOrigin {
  std::string field;  // as in domain::Listing ("title", "price", "category"), or "images", "sku", "gtin"
  ValueOrigin origin = ValueOrigin::kVisible;
};

// A listing that a page shows.
struct PageListing {
  // The listing without a source. external_id is listing_id() of its address, so that it stays the same when
  // a later page drops fields; url is absolute; images are absolute http or https URLs.
  catalog::ItemInput item;
  std::vector<FieldOrigin> origins;  // one for each field with a value, except external_id
  Warnings warnings;
  std::string sku;          // the shop's own number, as the page states it; empty when it does not
  std::string gtin;         // the digits of an EAN, UPC or ISBN
  bool has_status = false;  // whether the page states item.listing.status; it is "active" otherwise
};

// The listings of a page.
struct ListingPage {
  // The listing that the page is about; of a page with a list, those of the list that state a title and an
  // address, in their order. Empty when the page shows none.
  std::vector<PageListing> listings;
  bool is_list = false;
};

// Reads the listings of a page from its schema.org markup, meta elements, embedded state and, for fields that
// those leave open, from what it shows. Variants of one product are one listing, with the lowest price. At
// most kMaxPageListings. Never fails: a page without a listing has none. Usual pages take some tens of
// milliseconds; docs/benchmarks.md has the cost of hostile ones.
ListingPage read_listings(const WebPage& page);

// parse() and read_listings().
Result<ListingPage> read_listing_page(const PageContent& content);

// The id of a listing by its address: path and query without the host, the fragment, session ids and
// parameters that only track visitors; the hash of it where it is too long for an external id.
std::string listing_id(std::string_view url);

inline constexpr std::size_t kMaxPageListings = 500;

}  // namespace fit::ingest
