#include "ingest/labels/label_copy.h"

#include <optional>
#include <string>
#include <vector>

namespace fit::ingest {
namespace {

constexpr std::int64_t kCopiedTargets = 500;

// A row of an asset's labels as it is stored.
struct StoredLabel {
  std::int64_t target = 0;
  std::string field, slot, value, language;
  double confidence = 0;
  std::string origin, author, version;
  std::int64_t removed = 0;
  std::int64_t created_at = 0;
};

// The last of the next targets; nullopt when there are no more.
Result<std::optional<std::int64_t>> last_of_page(sql::SqlConnection& connection, std::int64_t after) {
  return connection.query_integer(
      "SELECT MAX(p.target_id) FROM (SELECT DISTINCT target_id FROM labels WHERE target = 'asset' AND "
      "target_id > $1 ORDER BY target_id LIMIT $2) p HAVING COUNT(*) > 0",
      {after, kCopiedTargets});
}

Result<std::vector<StoredLabel>> stored_labels(sql::SqlConnection& connection, std::int64_t after,
                                               std::int64_t last) {
  std::vector<StoredLabel> rows;
  FIT_CHECK(connection.query(
      "SELECT target_id, field, slot, value, language, confidence, origin, author, version, removed, "
      "created_at FROM labels WHERE target = 'asset' AND target_id > $1 AND target_id <= $2",
      {after, last}, [&rows](const sql::SqlRow& row) {
        rows.push_back({.target = row.integer(0),
                        .field = std::string(row.text(1)),
                        .slot = std::string(row.text(2)),
                        .value = std::string(row.text(3)),
                        .language = std::string(row.text(4)),
                        .confidence = row.real(5),
                        .origin = std::string(row.text(6)),
                        .author = std::string(row.text(7)),
                        .version = std::string(row.text(8)),
                        .removed = row.integer(9),
                        .created_at = row.integer(10)});
      }));
  return rows;
}

Result<void> insert_labels(sql::SqlConnection& connection, const std::vector<StoredLabel>& rows) {
  for (const StoredLabel& row : rows) {
    FIT_CHECK(connection.execute(
        "INSERT INTO labels (target, target_id, field, slot, value, language, confidence, origin, author, "
        "version, removed, created_at) VALUES ('asset', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        {row.target, std::string_view(row.field), std::string_view(row.slot), std::string_view(row.value),
         std::string_view(row.language), row.confidence, std::string_view(row.origin),
         std::string_view(row.author), std::string_view(row.version), row.removed, row.created_at}));
  }
  return {};
}

}  // namespace

Result<std::int64_t> copy_labels(sql::Database& from, sql::Database& to, const std::stop_token& stop) {
  FIT_CHECK(to.write(sql::Ordering::kUnordered, [](sql::SqlConnection& connection) {
    return connection.execute("DELETE FROM labels WHERE target = 'asset'", {});
  }));
  std::int64_t copied = 0;
  for (std::int64_t after = 0;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto last,
            from.read([after](sql::SqlConnection& connection) { return last_of_page(connection, after); }));
    if (!last) return copied;
    FIT_TRY(const std::vector<StoredLabel> rows, from.read([&](sql::SqlConnection& connection) {
      return stored_labels(connection, after, *last);
    }));
    FIT_CHECK(to.write(sql::Ordering::kUnordered,
                       [&rows](sql::SqlConnection& connection) { return insert_labels(connection, rows); }));
    copied += std::ssize(rows);
    after = *last;
  }
}

}  // namespace fit::ingest
