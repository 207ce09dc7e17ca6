#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "catalog/item_input.h"
#include "domain/records.h"

// What a listing that a source shows, or no longer shows, means for its item. All functions are pure.
namespace fit::ingest {

// What is known of a listing from earlier visits.
struct KnownListing {
  std::string external_id;
  std::string item_key;  // the external_id of its item
  std::string url;
  std::string content_hash;  // of what the source showed last
  std::string status;        // of the item; empty: not written yet; kDeletedListing
  Timestamp first_seen = {};
  Timestamp last_seen = {};
  std::chrono::seconds visit_interval{0};
  Timestamp next_visit = {};
  std::int64_t failures = 0;  // consecutive ones of writing it
  std::int64_t batch = 0;     // not 0: it waits to be written
};

// The status of a listing whose item a person has removed: it stays removed.
inline constexpr std::string_view kDeletedListing = "deleted";

// What is to be done with a listing.
enum class ListingChange : std::uint8_t {
  kNone,       // it is as it was
  kNew,        // an item is made
  kChanged,    // the item is written again
  kRestocked,  // the same, and it is for sale again
  kSold,       // the same, and it is no longer for sale
  kRemoved,    // the source no longer has it
  kMoved,      // new under this id; maybe a listing that the source had under another id
};
std::string_view to_string(ListingChange change);
ListingChange listing_change(std::string_view name);  // kNone for other names

// Whether a listing of this status is for sale or may be again soon.
bool is_offered(std::string_view status);

// Compares what a source shows, with its content hash, with what is known. A listing that could not be
// written is tried again when its next visit is due.
ListingChange change_of(const std::optional<KnownListing>& known, const catalog::ItemInput& shown,
                        std::string_view content_hash, Timestamp time);

// The time until the next visit of a page: half as long after a change, half as long again without one; from
// 3 hours to 7 days.
std::chrono::seconds next_visit_interval(std::chrono::seconds present, bool has_changed);
// The time until a listing that could not be written is tried again: from 3 hours to 7 days.
std::chrono::seconds retry_interval(std::int64_t failures);

// Whether so many missing listings look like a broken feed rather than sales: more than half of all.
bool must_confirm(std::int64_t missing, std::int64_t all);

// Fills the fields that the source shows no more from the stored item: pages of sold pieces lose their size,
// price and photos.
void keep_first_sight(catalog::ItemInput& shown, const domain::ItemRecord& stored);

// Numbers by which listings are found by their page and by their title, whose letters are folded first. The
// number of an empty text is 0.
std::int64_t url_number(std::string_view url);
std::int64_t title_number(std::string_view title);

}  // namespace fit::ingest
