#include "ingest/sources/listing_truth.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/hash.h"
#include "text/fold.h"

namespace fit::ingest {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds kShortestVisit = hours(3);
constexpr seconds kLongestVisit = hours(24 * 7);

constexpr std::array<std::string_view, 7> kChangeNames = {"",     "new",     "changed", "restocked",
                                                          "sold", "removed", "moved"};

std::int64_t number_of_text(std::string_view text) {
  return text.empty() ? 0 : std::bit_cast<std::int64_t>(xxh3(as_bytes(text)));
}

void keep_text(std::string& shown, const std::string& stored) {
  if (shown.empty()) shown = stored;
}

}  // namespace

std::string_view to_string(ListingChange change) {
  return kChangeNames.at(static_cast<std::size_t>(change));
}

ListingChange listing_change(std::string_view name) {
  const auto* const found = std::ranges::find(kChangeNames, name);
  return found == kChangeNames.end() ? ListingChange::kNone
                                     : static_cast<ListingChange>(found - kChangeNames.begin());
}

bool is_offered(std::string_view status) {
  return status == "active" || status == "reserved";
}

ListingChange change_of(const std::optional<KnownListing>& known, const catalog::ItemInput& shown,
                        std::string_view content_hash, Timestamp time) {
  if (!known) return ListingChange::kNew;
  if (known->status == kDeletedListing) return ListingChange::kNone;
  const bool is_same = known->content_hash == content_hash;
  if (known->failures > 0 && is_same && time < known->next_visit) return ListingChange::kNone;
  if (known->status.empty()) {
    return is_same && known->batch != 0 ? ListingChange::kNone : ListingChange::kNew;
  }
  const bool was_offered = is_offered(known->status);
  const bool now_offered = is_offered(shown.listing.status);
  if (!was_offered && now_offered) return ListingChange::kRestocked;
  if (was_offered && !now_offered) {
    return shown.listing.status == "removed" ? ListingChange::kRemoved : ListingChange::kSold;
  }
  if (is_same && (known->failures == 0 || known->batch != 0)) return ListingChange::kNone;
  return ListingChange::kChanged;
}

seconds next_visit_interval(seconds present, bool has_changed) {
  if (present < kShortestVisit) return kShortestVisit;
  return std::clamp(has_changed ? present / 2 : present * 3 / 2, kShortestVisit, kLongestVisit);
}

seconds retry_interval(std::int64_t failures) {
  const auto doublings = std::clamp<std::int64_t>(failures - 1, 0, 6);
  return std::min<seconds>(kShortestVisit * (std::int64_t{1} << doublings), kLongestVisit);
}

bool must_confirm(std::int64_t missing, std::int64_t all) {
  return 2 * missing > all;
}

void keep_first_sight(catalog::ItemInput& shown, const domain::ItemRecord& stored) {
  domain::Listing& listing = shown.listing;
  const domain::Listing& before = stored.listing;
  keep_text(listing.title, before.title);
  keep_text(listing.description, before.description);
  keep_text(listing.brand, before.brand);
  keep_text(listing.size, before.size);
  keep_text(listing.url, before.url);
  if (!listing.price) {
    listing.price = before.price;
    listing.currency = before.currency;
  }
  if (!listing.listed_at) listing.listed_at = before.listed_at;
  for (std::size_t i = 0; i < listing.properties.size(); ++i) {
    if (stored.origins[i].origin == domain::Origin::kSeller) {
      keep_text(listing.properties[i], before.properties[i]);
    }
  }
  if (!shown.images.empty()) return;
  for (const domain::ImageRecord& image : stored.images) shown.images.push_back({image.location, {}});
}

std::int64_t url_number(std::string_view url) {
  return number_of_text(url);
}

std::int64_t title_number(std::string_view title) {
  return number_of_text(text::fold(title));
}

}  // namespace fit::ingest
