#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "style/wardrobe/garment.h"

namespace fit::style {

using SavedOutfitId = Id<struct SavedOutfitTag>;

inline constexpr std::size_t kMaxSavedPieces = 12;
inline constexpr std::size_t kMaxPlannedDays = 100;

// A piece of a saved outfit: either an item or a garment, by its id. What it names may be gone.
struct SavedPiece {
  std::optional<ItemId> item = {};
  std::optional<GarmentId> garment = {};

  friend bool operator==(const SavedPiece&, const SavedPiece&) = default;
};

// What a person says about an outfit. An empty text means that nothing was said.
struct SavedOutfitFields {
  std::string name = {};
  std::string notes = {};
  std::vector<SavedPiece> pieces = {};
  std::vector<std::string> planned_for = {};  // days, in order

  friend bool operator==(const SavedOutfitFields&, const SavedOutfitFields&) = default;
};

// A saved outfit.
struct SavedOutfit {
  SavedOutfitId id = {};
  std::int64_t user = 0;
  SavedOutfitFields fields = {};
  std::vector<std::string> worn_on = {};  // days, in order
  std::string share_token = {};           // empty: it is not shared
  Timestamp created_at = {};
  Timestamp updated_at = {};
};

// Returns the fields in the form in which they are stored: texts without blanks at the ends, days in order
// and once. kInvalid naming the field; a piece that is given twice is one mistake.
Result<SavedOutfitFields> check_saved_outfit(SavedOutfitFields fields);

}  // namespace fit::style
