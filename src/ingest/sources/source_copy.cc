#include "ingest/sources/source_copy.h"

#include <array>
#include <string>
#include <vector>

#include "base/format.h"
#include "ingest/sources/source_rows.h"
#include "sql/multi_row.h"

namespace fit::ingest {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

constexpr std::int64_t kCopiedAtOnce = 500;

// The columns of a listing that are copied, texts first. A listing that waits loses its content hash, so that
// it counts as changed when it is next shown.
constexpr std::string_view kCopiedTexts =
    "external_id, item_key, url, CASE WHEN batch = 0 THEN content_hash ELSE '' END, status, etag, "
    "last_modified";
constexpr std::string_view kCopiedNumbers =
    "url_hash, title_hash, first_seen, last_seen, visited_at, visit_interval_s, next_visit, failures, "
    "ends_at";
constexpr int kCopiedTextCount = 7;
constexpr int kCopiedNumberCount = 9;

struct CopiedListing {
  std::array<std::string, kCopiedTextCount> texts;
  std::array<SqlValue, kCopiedNumberCount> numbers;
};

Result<std::vector<CopiedListing>> read_listings_after(sql::Database& from, SourceId source,
                                                       const std::string& after) {
  static const std::string sql = fit::format(
      "SELECT {}, {} FROM source_listings WHERE source_id = $1 AND external_id > $2 ORDER BY "
      "external_id LIMIT $3",
      kCopiedTexts, kCopiedNumbers);
  return from.read([&](SqlConnection& connection) -> Result<std::vector<CopiedListing>> {
    std::vector<CopiedListing> page;
    FIT_CHECK(connection.query(sql, {source.value, std::string_view(after), kCopiedAtOnce},
                               [&page](const SqlRow& row) {
                                 CopiedListing& listing = page.emplace_back();
                                 for (int i = 0; i < kCopiedTextCount; ++i)
                                   listing.texts.at(static_cast<std::size_t>(i)) = row.text(i);
                                 for (int i = 0; i < kCopiedNumberCount; ++i) {
                                   const int column = kCopiedTextCount + i;
                                   if (!row.is_null(column))
                                     listing.numbers.at(static_cast<std::size_t>(i)) = row.integer(column);
                                 }
                               }));
    return page;
  });
}

Result<void> write_copied_listings(SqlConnection& connection, SourceId source,
                                   const std::vector<CopiedListing>& page) {
  std::vector<SqlValue> values;
  for (const CopiedListing& listing : page) {
    values.emplace_back(source.value);
    for (const std::string& text : listing.texts) values.emplace_back(std::string_view(text));
    values.insert(values.end(), listing.numbers.begin(), listing.numbers.end());
    for (const SqlValue& value :
         {SqlValue(std::int64_t{0}), SqlValue(std::string_view()), SqlValue(std::string_view())})
      values.push_back(value);
  }
  return sql::insert_rows(
      connection,
      "INSERT INTO source_listings (source_id, external_id, item_key, url, content_hash, status, etag, "
      "last_modified, url_hash, title_hash, first_seen, last_seen, visited_at, visit_interval_s, next_visit, "
      "failures, ends_at, batch, change, pending)",
      1 + kCopiedTextCount + kCopiedNumberCount + 3, values, "");
}

// Adds the row of a source, in the place of one of the same name.
Result<SourceId> replace_source(sql::Database& to, SourceRecord source) {
  source.active_run = std::nullopt;
  return to.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<SourceId> {
    FIT_CHECK(
        connection.execute("DELETE FROM sources WHERE name = $1", {std::string_view(source.spec.name)}));
    FIT_TRY(source.id, insert_source(connection, source));
    FIT_CHECK(update_spec(connection, source));
    FIT_CHECK(update_progress(connection, source));
    return source.id;
  });
}

// A source of a kind that this version does not know would be stored as one of another kind.
Result<void> check_known_kinds(const std::vector<SourceRecord>& sources) {
  for (const SourceRecord& source : sources) {
    const auto& unread = source.spec.unread;
    if (!unread || unread->problem.field != "kind") continue;
    return Error{ErrorCode::kInvalid,
                 fit::format("of the source {} {}", source.spec.name, unread->problem.message),
                 "kind",
                 {}};
  }
  return {};
}

}  // namespace

Result<std::int64_t> copy_sources(sql::Database& from, sql::Database& to, const std::stop_token& stop) {
  FIT_TRY(const auto sources,
          from.read([](SqlConnection& connection) { return read_sources(connection, "ORDER BY id", {}); }));
  FIT_CHECK(check_known_kinds(sources));
  for (const SourceRecord& source : sources) {
    FIT_TRY(const SourceId copied, replace_source(to, source));
    for (std::string after;;) {
      if (stop.stop_requested()) return cancelled();
      FIT_TRY(const auto page, read_listings_after(from, source.id, after));
      if (page.empty()) break;
      after = page.back().texts.front();
      FIT_CHECK(to.write(Ordering::kUnordered, [&](SqlConnection& connection) {
        return write_copied_listings(connection, copied, page);
      }));
    }
  }
  return static_cast<std::int64_t>(sources.size());
}

}  // namespace fit::ingest
