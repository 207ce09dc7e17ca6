#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "style/outfits/outfit_candidate.h"

namespace fit::style {

// A piece of an outfit by its id.
struct OutfitPieceId {
  PieceKind kind = PieceKind::kItem;  // kItem or kGarment
  std::int64_t id = 0;

  friend auto operator<=>(const OutfitPieceId&, const OutfitPieceId&) = default;
};

// The id of an outfit that nobody has saved: its pieces, in an order of their own, "i12-i77-g5". Equal pieces
// give equal ids.
std::string outfit_id(std::span<const OutfitPieceId> pieces);

// The pieces of such an id, in its order. nullopt for every text that outfit_id() does not return, such as
// the number of a saved outfit.
std::optional<std::vector<OutfitPieceId>> pieces_of_outfit_id(std::string_view text);

}  // namespace fit::style
