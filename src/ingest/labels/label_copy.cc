#include "ingest/labels/label_copy.h"

#include <array>
#include <optional>
#include <string_view>

#include "sql/table_copy.h"

namespace fit::ingest {
namespace {

constexpr std::int64_t kCopiedTargets = 500;

constexpr auto kLabelIntegers = std::to_array<std::string_view>({"target_id", "removed", "created_at"});
constexpr auto kLabelTexts = std::to_array<std::string_view>(
    {"target", "field", "slot", "value", "language", "origin", "author", "version"});
constexpr auto kLabelReals = std::to_array<std::string_view>({"confidence"});
constexpr sql::CopiedTable kLabelTable{"labels", kLabelIntegers, kLabelTexts, kLabelReals};

// The last of the next targets; nullopt when there are no more.
Result<std::optional<std::int64_t>> last_of_page(sql::SqlConnection& connection, std::int64_t after) {
  return connection.query_integer(
      "SELECT MAX(p.target_id) FROM (SELECT DISTINCT target_id FROM labels WHERE target = 'asset' AND "
      "target_id > $1 ORDER BY target_id LIMIT $2) p HAVING COUNT(*) > 0",
      {after, kCopiedTargets});
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
    const std::array<sql::SqlValue, 2> span = {after, *last};
    FIT_TRY(const std::int64_t labels, from.read([&](sql::SqlConnection& theirs) {
      return to.write(sql::Ordering::kUnordered, [&](sql::SqlConnection& mine) {
        return copy_table_rows(theirs, mine, kLabelTable,
                               "WHERE target = 'asset' AND target_id > $1 AND target_id <= $2", span);
      });
    }));
    copied += labels;
    after = *last;
  }
}

}  // namespace fit::ingest
