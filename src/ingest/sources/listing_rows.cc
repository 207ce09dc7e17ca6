#include "ingest/sources/listing_rows.h"

#include <algorithm>

#include "base/format.h"
#include "ingest/sources/listing_json.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

constexpr std::string_view kListingColumns =
    "external_id, item_key, url, content_hash, status, first_seen, last_seen, visit_interval_s, next_visit, "
    "failures, batch";
constexpr int kListingColumnCount = 11;

KnownListing known_of(const SqlRow& row) {
  return {.external_id = std::string(row.text(0)),
          .item_key = std::string(row.text(1)),
          .url = std::string(row.text(2)),
          .content_hash = std::string(row.text(3)),
          .status = std::string(row.text(4)),
          .first_seen = sql::time_at(row, 5),
          .last_seen = sql::time_at(row, 6),
          .visit_interval = std::chrono::seconds(row.integer(7)),
          .next_visit = sql::time_at(row, 8),
          .failures = row.integer(9),
          .batch = row.integer(10)};
}

Result<std::vector<KnownListing>> read_known_listings(SqlConnection& connection, std::string_view condition,
                                                      std::initializer_list<SqlValue> values) {
  std::vector<KnownListing> listings;
  FIT_CHECK(connection.query(
      fit::format("SELECT {} FROM source_listings WHERE source_id = $1 AND {}", kListingColumns, condition),
      values, [&listings](const SqlRow& row) { listings.push_back(known_of(row)); }));
  return listings;
}

// An item key that no other listing of the source has: usually the listing's own id.
Result<std::string> free_item_key(SqlConnection& connection, SourceId source,
                                  const std::string& external_id) {
  FIT_TRY(
      const auto rival,
      connection.query_integer("SELECT 1 FROM source_listings WHERE source_id = $1 AND item_key = $2 LIMIT 1",
                               {source.value, std::string_view(external_id)}));
  return rival ? external_id + "~again" : external_id;
}

SqlValue end_of(const FetchedListing& listing) {
  return listing.ends_at ? SqlValue(sql::ticks(*listing.ends_at)) : SqlValue();
}

}  // namespace

Result<std::optional<KnownListing>> find_listing(SqlConnection& connection, SourceId source,
                                                 std::string_view external_id) {
  FIT_TRY(auto found, read_known_listings(connection, "external_id = $2", {source.value, external_id}));
  if (found.empty()) return std::nullopt;
  return std::optional(std::move(found.front()));
}

Result<std::vector<KnownListing>> listings_of_page(SqlConnection& connection, SourceId source,
                                                   const std::string& url) {
  return read_known_listings(connection, "url_hash = $2 AND url = $3",
                             {source.value, url_number(url), std::string_view(url)});
}

Result<std::optional<KnownPage>> known_page(SqlConnection& connection, SourceId source,
                                            const std::string& url, Timestamp time) {
  std::optional<KnownPage> page;
  FIT_CHECK(
      connection.query("SELECT etag, last_modified, visited_at, next_visit FROM source_listings "
                       "WHERE source_id = $1 AND url_hash = $2 AND url = $3 ORDER BY external_id LIMIT 1",
                       {source.value, url_number(url), std::string_view(url)}, [&](const SqlRow& row) {
                         page = KnownPage{.etag = std::string(row.text(0)),
                                          .last_modified = std::string(row.text(1)),
                                          .visited_at = sql::time_at(row, 2),
                                          .is_due = sql::time_at(row, 3) <= time};
                       }));
  return page;
}

Result<std::vector<std::string>> unseen_pages(SqlConnection& connection, SourceId source, Timestamp time,
                                              const std::string& after, std::size_t limit) {
  std::vector<std::string> pages;
  FIT_CHECK(
      connection.query("SELECT DISTINCT url FROM source_listings WHERE source_id = $1 AND status IN "
                       "('active', 'reserved') AND "
                       "last_seen < $2 AND url > $3 ORDER BY url LIMIT $4",
                       {source.value, sql::ticks(time), std::string_view(after), sql::sql_limit(limit)},
                       [&pages](const SqlRow& row) { pages.emplace_back(row.text(0)); }));
  return pages;
}

Result<std::vector<KnownListing>> listings_of_title(SqlConnection& connection, SourceId source,
                                                    std::int64_t title, std::string_view except) {
  return read_known_listings(connection, "title_hash = $2 AND external_id <> $3 ORDER BY last_seen LIMIT 20",
                             {source.value, title, except});
}

Result<void> insert_shown(SqlConnection& connection, SourceId source, const ShownListing& shown,
                          Timestamp time) {
  const FetchedListing& listing = shown.listing;
  const std::string& id = listing.item.listing.external_id;
  FIT_TRY(const std::string item_key, free_item_key(connection, source, id));
  const std::string content = dump_json(input_json(listing.item));
  FIT_CHECK(connection.execute(
      "INSERT INTO source_listings (source_id, external_id, item_key, url, url_hash, title_hash, "
      "content_hash, "
      "status, first_seen, last_seen, ends_at, etag, last_modified, visited_at, visit_interval_s, "
      "next_visit, "
      "failures, batch, change, pending) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $8, $9, $10, $11, $8, "
      "$12, $13, 0, $14, $15, $16)",
      {source.value, std::string_view(id), std::string_view(item_key), std::string_view(listing.page_url),
       url_number(listing.page_url), title_number(listing.item.listing.title),
       std::string_view(shown.content_hash), sql::ticks(time), end_of(listing),
       std::string_view(listing.etag), std::string_view(listing.last_modified), shown.visit_interval.count(),
       sql::ticks(time + shown.visit_interval), shown.batch, to_string(shown.change),
       std::string_view(content)}));
  return {};
}

Result<void> update_shown(SqlConnection& connection, SourceId source, const ShownListing& shown,
                          Timestamp time) {
  const FetchedListing& listing = shown.listing;
  const std::string_view id = listing.item.listing.external_id;
  FIT_CHECK(connection.execute(
      "UPDATE source_listings SET url = $3, url_hash = $4, last_seen = $5, ends_at = $6, etag = $7, "
      "last_modified = $8, visited_at = $5, visit_interval_s = $9, next_visit = CASE WHEN failures > 0 AND "
      "content_hash = $11 THEN next_visit ELSE $10 END WHERE source_id = $1 AND external_id = $2",
      {source.value, id, std::string_view(listing.page_url), url_number(listing.page_url), sql::ticks(time),
       end_of(listing), std::string_view(listing.etag), std::string_view(listing.last_modified),
       shown.visit_interval.count(), sql::ticks(time + shown.visit_interval),
       std::string_view(shown.content_hash)}));
  if (shown.change == ListingChange::kNone) return {};
  const std::string content = dump_json(input_json(listing.item));
  FIT_CHECK(connection.execute(
      "UPDATE source_listings SET title_hash = CASE WHEN CAST($3 AS BIGINT) = 0 THEN title_hash ELSE "
      "CAST($3 AS BIGINT) END, content_hash = $4, batch = $5, change = $6, pending = $7 WHERE source_id = $1 "
      "AND external_id = $2",
      {source.value, id, title_number(listing.item.listing.title), std::string_view(shown.content_hash),
       shown.batch, to_string(shown.change), std::string_view(content)}));
  return {};
}

Result<void> touch_listing(SqlConnection& connection, SourceId source, const KnownListing& known,
                           Timestamp time, bool is_visited) {
  if (!is_visited) {
    FIT_CHECK(connection.execute(
        "UPDATE source_listings SET last_seen = $3 WHERE source_id = $1 AND external_id = $2",
        {source.value, std::string_view(known.external_id), sql::ticks(time)}));
    return {};
  }
  const auto interval = next_visit_interval(known.visit_interval, /*has_changed=*/false);
  FIT_CHECK(connection.execute(
      "UPDATE source_listings SET last_seen = $3, visited_at = $3, visit_interval_s = $4, next_visit = $5 "
      "WHERE source_id = $1 AND external_id = $2",
      {source.value, std::string_view(known.external_id), sql::ticks(time), interval.count(),
       sql::ticks(time + interval)}));
  return {};
}

Result<std::int64_t> touch_all(SqlConnection& connection, SourceId source, Timestamp time) {
  return connection.execute(
      "UPDATE source_listings SET last_seen = $2 WHERE source_id = $1 AND status IN ('active', 'reserved')",
      {source.value, sql::ticks(time)});
}

Result<void> mark_removed(SqlConnection& connection, SourceId source, std::string_view external_id,
                          std::int64_t batch) {
  FIT_CHECK(
      connection.execute("UPDATE source_listings SET batch = $3, change = 'removed', pending = '' "
                         "WHERE source_id = $1 AND external_id = $2",
                         {source.value, external_id, batch}));
  return {};
}

Result<MissingListings> count_missing(SqlConnection& connection, SourceId source,
                                      Timestamp sweep_started_at) {
  MissingListings found;
  FIT_CHECK(connection.query(
      "SELECT COUNT(*), COALESCE(SUM(CASE WHEN last_seen < $2 THEN 1 ELSE 0 END), 0) FROM source_listings "
      "WHERE source_id = $1 AND status IN ('active', 'reserved') AND first_seen < $2",
      {source.value, sql::ticks(sweep_started_at)},
      [&found](const SqlRow& row) { found = {.missing = row.integer(1), .all = row.integer(0)}; }));
  return found;
}

Result<std::int64_t> mark_missing(SqlConnection& connection, SourceId source,
                                  std::optional<Timestamp> sweep_started_at, Timestamp time,
                                  std::int64_t batch, std::int64_t limit) {
  return connection.execute(
      "UPDATE source_listings SET batch = $4, change = 'removed', pending = '' WHERE source_id = $1 AND "
      "external_id IN (SELECT external_id FROM source_listings WHERE source_id = $1 AND "
      "status IN ('active', 'reserved') AND batch = 0 AND (last_seen < $2 OR ends_at <= $3) LIMIT $5)",
      {source.value, sql::ticks(sweep_started_at.value_or(Timestamp{})), sql::ticks(time), batch, limit});
}

Result<std::int64_t> move_batch(SqlConnection& connection, SourceId source, std::int64_t from,
                                std::int64_t to, std::int64_t limit) {
  return connection.execute(
      "UPDATE source_listings SET batch = $3 WHERE source_id = $1 AND external_id IN (SELECT external_id "
      "FROM "
      "source_listings WHERE source_id = $1 AND batch = $2 LIMIT $4)",
      {source.value, from, to, limit});
}

Result<std::int64_t> adopt_waiting(SqlConnection& connection, SourceId source, std::int64_t batch,
                                   std::int64_t limit) {
  return connection.execute(
      "UPDATE source_listings SET batch = $2 WHERE source_id = $1 AND external_id IN (SELECT external_id "
      "FROM "
      "source_listings WHERE source_id = $1 AND batch <> 0 AND CASE WHEN batch < 0 THEN -batch ELSE batch / "
      "1000000 END NOT IN (SELECT id FROM source_runs WHERE source_id = $1 AND state = 'running') LIMIT $3)",
      {source.value, batch, limit});
}

Result<bool> has_waiting(SqlConnection& connection, SourceId source, SourceRunId run) {
  FIT_TRY(const auto waiting,
          connection.query_integer("SELECT 1 FROM source_listings WHERE source_id = $1 AND batch > $2 AND "
                                   "batch < $3 LIMIT 1",
                                   {source.value, batch_number(run, 0), batch_number(run, kMaxBatches)}));
  return waiting.has_value();
}

Result<std::int64_t> drop_batches(SqlConnection& connection, SourceId source, SourceRunId run) {
  // Without its content hash a listing is written again when it is next shown.
  return connection.execute(
      "UPDATE source_listings SET batch = 0, change = '', pending = '', content_hash = '' "
      "WHERE source_id = $1 AND ((batch > $2 AND batch < $3) OR batch = $4)",
      {source.value, batch_number(run, 0), batch_number(run, kMaxBatches), deferred_batch(run)});
}

Result<std::vector<WaitingListing>> read_batch(SqlConnection& connection, SourceId source,
                                               std::int64_t batch) {
  std::vector<WaitingListing> waiting;
  FIT_CHECK(connection.query(fit::format("SELECT {}, change, pending, title_hash FROM source_listings WHERE "
                                         "source_id = $1 AND batch = $2 ORDER BY external_id",
                                         kListingColumns),
                             {source.value, batch}, [&waiting](const SqlRow& row) {
                               waiting.push_back({.known = known_of(row),
                                                  .change = listing_change(row.text(kListingColumnCount)),
                                                  .content = std::string(row.text(kListingColumnCount + 1)),
                                                  .title = row.integer(kListingColumnCount + 2)});
                             }));
  return waiting;
}

Result<void> finish_listing(SqlConnection& connection, SourceId source, std::int64_t batch,
                            const WrittenListing& written, Timestamp time) {
  const bool is_written = !written.status.empty();
  const std::int64_t failures = is_written && written.is_whole ? 0 : written.failures + 1;
  const SqlValue next_visit =
      failures == 0 ? SqlValue() : SqlValue(sql::ticks(time + retry_interval(failures)));
  if (!written.replaces.empty()) {
    FIT_CHECK(connection.execute(
        "UPDATE source_listings SET first_seen = COALESCE((SELECT o.first_seen FROM source_listings o WHERE "
        "o.source_id = $1 AND o.external_id = $3), first_seen) WHERE source_id = $1 AND external_id = $2",
        {source.value, std::string_view(written.external_id), std::string_view(written.replaces)}));
    FIT_CHECK(connection.execute("DELETE FROM source_listings WHERE source_id = $1 AND external_id = $2",
                                 {source.value, std::string_view(written.replaces)}));
  }
  FIT_CHECK(connection.execute(
      "UPDATE source_listings SET item_key = $4, status = CASE WHEN $5 = '' THEN status ELSE $5 END, "
      "failures = $6, next_visit = COALESCE($7, next_visit), batch = 0, change = '', pending = '' "
      "WHERE source_id = $1 AND external_id = $2 AND batch = $3",
      {source.value, std::string_view(written.external_id), batch, std::string_view(written.item_key),
       std::string_view(written.status), failures, next_visit}));
  return {};
}

Result<std::map<std::string, std::int64_t>> count_listings(SqlConnection& connection, SourceId source) {
  std::map<std::string, std::int64_t> counts;
  FIT_CHECK(connection.query(
      "SELECT status, COUNT(*) FROM source_listings WHERE source_id = $1 AND status <> '' GROUP BY status",
      {source.value}, [&counts](const SqlRow& row) { counts.emplace(row.text(0), row.integer(1)); }));
  return counts;
}

}  // namespace fit::ingest
