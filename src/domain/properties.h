#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace fit::domain {

// The sixteen properties of the garment ontology, in their order in the database and in results.
inline constexpr std::array<std::string_view, 16> kProperties = {
    "category", "subcategory", "primary_color", "secondary_color", "pattern",        "material",
    "style",    "fit",         "neckline",      "sleeve_length",   "garment_length", "closure",
    "season",   "occasion",    "gender",        "condition"};

// The indexes of some properties in kProperties.
inline constexpr std::size_t kCategory = 0;
inline constexpr std::size_t kSubcategory = 1;
inline constexpr std::size_t kPrimaryColor = 2;
inline constexpr std::size_t kSecondaryColor = 3;
inline constexpr std::size_t kPattern = 4;
inline constexpr std::size_t kMaterial = 5;
inline constexpr std::size_t kSeason = 12;
inline constexpr std::size_t kOccasion = 13;
inline constexpr std::size_t kGender = 14;

// The value of each property, in lower case; empty when it is not known. Index i belongs to kProperties[i].
using Properties = std::array<std::string, kProperties.size()>;

// Returns the index of a name in kProperties; nothing for other names.
std::optional<std::size_t> property_index(std::string_view name);

}  // namespace fit::domain
