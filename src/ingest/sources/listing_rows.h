#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/sources/listing_truth.h"
#include "ingest/sources/source.h"
#include "ingest/sources/source_record.h"
#include "sql/sql_connection.h"

// The statements on source_listings, within a transaction of the caller. They block, are for the connection's
// thread, and return its errors.
namespace fit::ingest {

// Batches of a run have numbers of their own: a listing that waits to be written has its batch's.
inline constexpr std::int64_t kMaxBatches = 1'000'000;
inline std::int64_t batch_number(SourceRunId run, std::int64_t batch) {
  return run.value * kMaxBatches + batch;
}
// The batch of listings that wait for the end of the sweep.
inline std::int64_t deferred_batch(SourceRunId run) {
  return -run.value;
}

Result<std::optional<KnownListing>> find_listing(sql::SqlConnection& connection, SourceId source,
                                                 std::string_view external_id);
// The listings that were read from a page.
Result<std::vector<KnownListing>> listings_of_page(sql::SqlConnection& connection, SourceId source,
                                                   const std::string& url);
// What a visit of the page must know; nullopt for a new page.
Result<std::optional<KnownPage>> known_page(sql::SqlConnection& connection, SourceId source,
                                            const std::string& url, Timestamp time);
// The pages of listings for sale that no page since `time` has shown, as FetchContext::unseen_pages gives
// them.
Result<std::vector<std::string>> unseen_pages(sql::SqlConnection& connection, SourceId source, Timestamp time,
                                              const std::string& after, std::size_t limit);
// Listings of the same title, except the one of this id.
Result<std::vector<KnownListing>> listings_of_title(sql::SqlConnection& connection, SourceId source,
                                                    std::int64_t title, std::string_view except);

// What a visit has shown, to be stored.
struct ShownListing {
  const FetchedListing& listing;
  std::string content_hash;
  ListingChange change = ListingChange::kNone;
  std::int64_t batch = 0;  // of a change
  std::chrono::seconds visit_interval{0};
};
// Stores a listing that is not known.
Result<void> insert_shown(sql::SqlConnection& connection, SourceId source, const ShownListing& shown,
                          Timestamp time);
// Stores what was shown of a known listing. Without a change its content stays as it is.
Result<void> update_shown(sql::SqlConnection& connection, SourceId source, const ShownListing& shown,
                          Timestamp time);

// Marks a listing as seen, its page not being read again. `is_visited`: the server said that it is unchanged.
Result<void> touch_listing(sql::SqlConnection& connection, SourceId source, const KnownListing& known,
                           Timestamp time, bool is_visited);
// Marks all listings that are offered as seen, and returns their number.
Result<std::int64_t> touch_all(sql::SqlConnection& connection, SourceId source, Timestamp time);
// Lets a listing be removed in a batch.
Result<void> mark_removed(sql::SqlConnection& connection, SourceId source, std::string_view external_id,
                          std::int64_t batch);

// Listings that are offered and that a complete sweep has not seen since `sweep_started_at`, and all that
// were offered before it.
struct MissingListings {
  std::int64_t missing = 0;
  std::int64_t all = 0;
};
Result<MissingListings> count_missing(sql::SqlConnection& connection, SourceId source,
                                      Timestamp sweep_started_at);
// Lets at most `limit` of them, or of those whose offers have ended, be removed in a batch. Returns their
// number. `sweep_started_at` nullopt: only the latter.
Result<std::int64_t> mark_missing(sql::SqlConnection& connection, SourceId source,
                                  std::optional<Timestamp> sweep_started_at, Timestamp time,
                                  std::int64_t batch, std::int64_t limit);
// Moves at most `limit` listings from one batch to another. Returns their number.
Result<std::int64_t> move_batch(sql::SqlConnection& connection, SourceId source, std::int64_t from,
                                std::int64_t to, std::int64_t limit);
// Moves at most `limit` listings into a batch that wait in batches of runs that have ended. Returns their
// number.
Result<std::int64_t> adopt_waiting(sql::SqlConnection& connection, SourceId source, std::int64_t batch,
                                   std::int64_t limit);
// Whether a batch of the run waits, those that are deferred not counted.
Result<bool> has_waiting(sql::SqlConnection& connection, SourceId source, SourceRunId run);
// Gives up every batch of the run. Returns the number of listings that waited.
Result<std::int64_t> drop_batches(sql::SqlConnection& connection, SourceId source, SourceRunId run);

// A listing that waits to be written.
struct WaitingListing {
  KnownListing known;
  ListingChange change = ListingChange::kNone;
  std::string content;  // JSON of the listing; empty: the source no longer has it
  std::int64_t title = 0;
};
Result<std::vector<WaitingListing>> read_batch(sql::SqlConnection& connection, SourceId source,
                                               std::int64_t batch);
// How the work on a listing ended.
struct WrittenListing {
  std::string external_id;
  std::string item_key;
  std::string status;         // of its item; empty after a failure: it stays as it was
  bool is_whole = true;       // false: some of its images could not be loaded; they are tried again
  std::int64_t failures = 0;  // before this one
  std::string replaces;       // the external_id under which the source had the listing before; usually empty
};
// Ends the wait of a listing, if it still waits in this batch.
Result<void> finish_listing(sql::SqlConnection& connection, SourceId source, std::int64_t batch,
                            const WrittenListing& written, Timestamp time);

// The number of listings by the status of their items.
Result<std::map<std::string, std::int64_t>> count_listings(sql::SqlConnection& connection, SourceId source);

}  // namespace fit::ingest
