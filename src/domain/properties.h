#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace fit::domain {

// The garment ontology's sixteen columns, in their order in the database and in answers.
inline constexpr std::array<std::string_view, 16> kProperties = {
    "category", "subcategory", "primary_color", "secondary_color", "pattern",        "material",
    "style",    "fit",         "neckline",      "sleeve_length",   "garment_length", "closure",
    "season",   "occasion",    "gender",        "condition"};

inline constexpr std::size_t kCategory = 0;  // its place there

// One value a property, lower case; empty: not known. Index i belongs to kProperties[i].
using Properties = std::array<std::string, kProperties.size()>;

// The index into kProperties, or nothing for another name.
std::optional<std::size_t> property_index(std::string_view name);

}  // namespace fit::domain
