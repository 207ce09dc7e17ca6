#include "style/outfits/outfit_id.h"

#include <algorithm>
#include <array>

#include "base/ids.h"

namespace fit::style {
namespace {

constexpr std::size_t kMaxPieces = 12;

char letter_of(PieceKind kind) {
  return kind == PieceKind::kGarment ? 'g' : 'i';
}

}  // namespace

std::string outfit_id(std::span<const OutfitPieceId> pieces) {
  std::vector<OutfitPieceId> sorted(pieces.begin(), pieces.end());
  std::ranges::sort(sorted);
  std::string text;
  for (const OutfitPieceId& piece : sorted) {
    if (!text.empty()) text += '-';
    text += letter_of(piece.kind) + std::to_string(piece.id);
  }
  return text;
}

std::optional<std::vector<OutfitPieceId>> pieces_of_outfit_id(std::string_view text) {
  std::vector<OutfitPieceId> pieces;
  for (std::string_view rest = text; pieces.size() < kMaxPieces;) {
    const std::size_t end = std::min(rest.find('-'), rest.size());
    const std::string_view word = rest.substr(0, end);
    if (word.size() < 2 || (word.front() != 'i' && word.front() != 'g')) return std::nullopt;
    const auto id = parse_id("id", word.substr(1));
    if (!id) return std::nullopt;
    pieces.push_back({.kind = word.front() == 'g' ? PieceKind::kGarment : PieceKind::kItem, .id = *id});
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  // Other spellings of the same pieces are no ids.
  if (outfit_id(pieces) != text) return std::nullopt;
  return pieces;
}

}  // namespace fit::style
