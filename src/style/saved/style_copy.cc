#include "style/saved/style_copy.h"

#include <array>
#include <span>
#include <string_view>
#include <variant>

#include "base/format.h"
#include "sql/table_copy.h"

namespace fit::style {
namespace {

using sql::CopiedTable;
using sql::SqlConnection;

constexpr auto kWardrobeIntegers = std::to_array<std::string_view>({"user_id", "changes"});
constexpr auto kGarmentTexts = std::to_array<std::string_view>(
    {"name", "brand", "size", "currency", "bought_on", "notes", "care", "tags", "state", "properties"});
constexpr auto kGarmentIntegers =
    std::to_array<std::string_view>({"id", "user_id", "item_id", "created_at", "updated_at", "cutout"});
constexpr auto kGarmentReals = std::to_array<std::string_view>({"price"});
constexpr auto kPhotoIntegers =
    std::to_array<std::string_view>({"garment_id", "position", "asset_id", "is_sent"});
constexpr auto kWornOn = std::to_array<std::string_view>({"worn_on"});
constexpr auto kOfGarment = std::to_array<std::string_view>({"garment_id"});
constexpr auto kOutfitTexts = std::to_array<std::string_view>({"name", "notes", "share_token"});
constexpr auto kOutfitIntegers =
    std::to_array<std::string_view>({"id", "user_id", "created_at", "updated_at"});
constexpr auto kPieceIntegers =
    std::to_array<std::string_view>({"outfit_id", "position", "item_id", "garment_id"});
constexpr auto kPlannedFor = std::to_array<std::string_view>({"planned_for"});
constexpr auto kOfOutfit = std::to_array<std::string_view>({"outfit_id"});
constexpr auto kPersonTexts = std::to_array<std::string_view>({"person"});
constexpr auto kPersonIntegers = std::to_array<std::string_view>({"revision"});
constexpr auto kFeedbackTexts =
    std::to_array<std::string_view>({"person", "target_kind", "target", "signal", "event_key", "context"});
constexpr auto kFeedbackIntegers = std::to_array<std::string_view>({"id", "given_at"});
constexpr auto kFeedbackReals = std::to_array<std::string_view>({"value"});

// In an order in which each row comes after those that it refers to.
constexpr auto kTables =
    std::to_array<CopiedTable>({{"wardrobes", kWardrobeIntegers, {}},
                                {"garments", kGarmentIntegers, kGarmentTexts, kGarmentReals},
                                {"garment_photos", kPhotoIntegers, {}},
                                {"garment_wears", kOfGarment, kWornOn},
                                {"saved_outfits", kOutfitIntegers, kOutfitTexts},
                                {"saved_outfit_pieces", kPieceIntegers, {}},
                                {"saved_outfit_plans", kOfOutfit, kPlannedFor},
                                {"saved_outfit_wears", kOfOutfit, kWornOn},
                                {"feedback_people", kPersonIntegers, kPersonTexts},
                                {"feedback", kFeedbackIntegers, kFeedbackTexts, kFeedbackReals}});
constexpr std::int64_t kRowsAtOnce = 10'000;
constexpr auto kNumberedTables = std::to_array<std::string_view>({"garments", "saved_outfits", "feedback"});

// Copies a table, one with ids some rows at a time: PostgreSQL answers with all rows at once.
Result<std::int64_t> copy_in_pieces(SqlConnection& from, SqlConnection& to, const CopiedTable& table) {
  const bool has_ids = !table.integers.empty() && table.integers.front() == "id";
  if (!has_ids) return sql::copy_table_rows(from, to, table);
  std::int64_t copied = 0;
  std::int64_t last = 0;
  for (std::int64_t rows = kRowsAtOnce; rows == kRowsAtOnce; copied += rows) {
    const std::array<sql::SqlValue, 2> after = {last, kRowsAtOnce};
    FIT_TRY(rows, sql::copy_table_rows(from, to, table, "WHERE id > $1 ORDER BY id LIMIT $2", after,
                                       [&last](std::span<sql::SqlValue> row) {
                                         last = std::get<std::int64_t>(row[0]);
                                         return true;
                                       }));
  }
  return copied;
}

Result<StyleCounts> replace_style(SqlConnection& from, SqlConnection& to, const std::stop_token& stop) {
  for (const std::string_view table : {"garments", "wardrobes", "feedback", "feedback_people"}) {
    FIT_CHECK(to.execute(fit::format("DELETE FROM {}", table), {}));  // with the rows that refer to it
  }
  StyleCounts counts;
  for (const CopiedTable& table : kTables) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const std::int64_t rows, copy_in_pieces(from, to, table));
    if (table.name == "garments") counts.garments = rows;
    if (table.name == "saved_outfits") counts.outfits = rows;
    if (table.name == "feedback") counts.feedback = rows;
  }
  for (const std::string_view table : kNumberedTables) FIT_CHECK(sql::advance_identity(to, table));
  return counts;
}

}  // namespace

Result<StyleCounts> copy_style(sql::Database& from, sql::Database& to, const std::stop_token& stop) {
  return from.read([&](SqlConnection& theirs) {
    return to.write(sql::Ordering::kUnordered,
                    [&](SqlConnection& ours) { return replace_style(theirs, ours, stop); });
  });
}

}  // namespace fit::style
