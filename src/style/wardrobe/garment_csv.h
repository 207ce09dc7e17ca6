#pragma once

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
};

// Writes garments, with their worn_on, as a table (RFC 4180): a line of names, then one for each garment.
// Tags, photos (the ids of assets) and days are separated by ";". The properties are those that the person
// states, "-" where the garment has none.
std::string garments_csv(std::span<const Garment> garments);

// The most days that a file may name.
inline constexpr std::size_t kMaxTableDays = 200'000;

// Reads what garments_csv() has written, and files with some of its columns, in any order. kInvalid naming
// the column, with the line in the message; "body" for a file without a row of names or with a row that is no
// CSV; kTooLarge for more than `most` rows, and naming "worn_on" for more than kMaxTableDays.
Result<std::vector<GarmentRow>> parse_garments_csv(std::string_view csv, const ontology::Ontology& ontology,
                                                   std::size_t most, Timestamp time);

}  // namespace fit::style
