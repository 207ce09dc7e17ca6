#include "ingest/sources/source_images.h"

#include <algorithm>
#include <vector>

#include "ingest/sources/listing_truth.h"
#include "sql/multi_row.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxValidatorBytes = 500;
constexpr std::size_t kImageColumns = 6;

// A validator as it can be stored and sent; empty for others.
std::string usable_validator(const std::string& text) {
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
  return is_plain && text.size() <= kMaxValidatorBytes ? text : std::string();
}

}  // namespace

Result<net::HttpValidators> SourceImages::find(const std::string& url, const std::string& sha256) {
  return database_.read([&](sql::SqlConnection& connection) -> Result<net::HttpValidators> {
    net::HttpValidators validators;
    FIT_CHECK(connection.query(
        "SELECT etag, last_modified FROM source_images WHERE source_id = $1 AND url_hash = $2 AND url = $3 "
        "AND sha256 = $4",
        {source_.value, url_number(url), std::string_view(url), std::string_view(sha256)},
        [&validators](const sql::SqlRow& row) {
          validators.etag = row.text(0);
          validators.last_modified = row.text(1);
        }));
    return validators;
  });
}

void SourceImages::note(const std::string& url, const std::string& sha256,
                        const net::HttpValidators& validators) {
  Note noted{.url = url,
             .sha256 = sha256,
             .validators = {.etag = usable_validator(validators.etag),
                            .last_modified = usable_validator(validators.last_modified)}};
  if (noted.validators.is_empty()) return;
  const std::lock_guard lock(mutex_);
  notes_[url_number(url)] = std::move(noted);
}

Result<void> SourceImages::store() {
  if (notes_.empty()) return {};
  std::vector<sql::SqlValue> values;
  values.reserve(notes_.size() * kImageColumns);
  for (const auto& [number, note] : notes_) {
    values.emplace_back(source_.value);
    values.emplace_back(number);
    for (const std::string* const text :
         {&note.url, &note.sha256, &note.validators.etag, &note.validators.last_modified})
      values.emplace_back(std::string_view(*text));
  }
  FIT_CHECK(database_.write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<void> {
    FIT_TRY(const auto source,
            connection.query_integer("SELECT 1 FROM sources WHERE id = $1", {source_.value}));
    if (!source) return {};
    return sql::insert_rows(
        connection, "INSERT INTO source_images (source_id, url_hash, url, sha256, etag, last_modified)",
        kImageColumns, values,
        "ON CONFLICT (source_id, url_hash) DO UPDATE SET url = excluded.url, sha256 = excluded.sha256, etag "
        "= "
        "excluded.etag, last_modified = excluded.last_modified");
  }));
  notes_.clear();
  return {};
}

Result<void> prune_source_images(sql::SqlConnection& connection, const SourceRecord& source) {
  FIT_CHECK(connection.execute(
      "DELETE FROM source_images WHERE source_id = $1 AND url IN (SELECT n.url FROM source_images n WHERE "
      "n.source_id = $1 EXCEPT SELECT m.location FROM items t JOIN images m ON m.item_id = t.id WHERE "
      "t.source = $2)",
      {source.id.value, std::string_view(source.spec.name)}));
  return {};
}

}  // namespace fit::ingest
