#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ontology/ontology.h"
#include "style/wardrobe/garment.h"

namespace fit::style {

// A garment of a CSV file.
struct GarmentRow {
  std::optional<GarmentId> id = {};  // as the file has it
  GarmentDraft draft = {};
  std::vector<std::string> worn_on = {};
  std::vector<std::string> photo_files = {};  // with PhotosAre::kFiles the names of the photos
};

// What the column "photos" names.
enum class PhotosAre : std::uint8_t {
  kAssets,  // assets by their ids
  kFiles,   // files beside the table
};

// Writes garments, with their worn_on, as a table (RFC 4180): a line of names, then one for each garment.
// Tags, photos and days are separated by ";". The properties are those that the person states, "-" where the
// garment has none. `name_of` gives the name of a photo, and nothing for one that is left out; without it,
// photos have the ids of their assets.
using PhotoName = std::function<std::string(const GarmentPhoto& photo)>;
std::string garments_csv(std::span<const Garment> garments, const PhotoName& name_of = {});

// The most days that a file may name.
inline constexpr std::size_t kMaxTableDays = 200'000;

// Reads what garments_csv() has written, and files with some of its columns, in any order. kInvalid naming
// the column, with the line in the message; "body" for a file without a row of names or with a row that is no
// CSV; kTooLarge for more than `most` rows, and naming "worn_on" for more than kMaxTableDays.
Result<std::vector<GarmentRow>> parse_garments_csv(std::string_view csv, const ontology::Ontology& ontology,
                                                   std::size_t most, Timestamp time,
                                                   PhotosAre photos = PhotosAre::kAssets);

}  // namespace fit::style
