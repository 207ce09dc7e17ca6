#include "style/saved/saved_outfit.h"

#include <algorithm>

#include "base/format.h"
#include "style/wardrobe/person_text.h"

namespace fit::style {
namespace {

constexpr std::size_t kMaxOutfitNameBytes = 200;
constexpr std::size_t kMaxOutfitNotesBytes = 5'000;

Result<void> check_pieces(const std::vector<SavedPiece>& pieces) {
  if (pieces.empty()) return invalid("pieces", "must have at least one piece");
  if (pieces.size() > kMaxSavedPieces) {
    return invalid("pieces", fit::format("must not be more than {}", kMaxSavedPieces));
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].item.has_value() == pieces[i].garment.has_value()) {
      return invalid(fit::format("pieces[{}]", i), "must have either item_id or garment_id");
    }
    const auto earlier = pieces.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(pieces.begin(), earlier, pieces[i]) != earlier) {
      return invalid(fit::format("pieces[{}]", i), "is given twice");
    }
  }
  return {};
}

}  // namespace

Result<SavedOutfitFields> check_saved_outfit(SavedOutfitFields fields) {
  FIT_CHECK(settle_text("name", fields.name, kMaxOutfitNameBytes));
  FIT_CHECK(settle_text("notes", fields.notes, kMaxOutfitNotesBytes, /*may_break=*/true));
  FIT_CHECK(check_pieces(fields.pieces));
  std::vector<std::string>& days = fields.planned_for;
  if (days.size() > kMaxPlannedDays) {
    return invalid("planned_for", fit::format("must not be more than {} days", kMaxPlannedDays));
  }
  for (std::size_t i = 0; i < days.size(); ++i) {
    FIT_TRY(days[i], check_date(fit::format("planned_for[{}]", i), days[i]));
  }
  std::ranges::sort(days);
  const auto repeated = std::ranges::unique(days);
  days.erase(repeated.begin(), repeated.end());
  return fields;
}

}  // namespace fit::style
