#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "domain/properties.h"
#include "domain/records.h"

// The columns that filters and facets read. Filters, indexes and tables all use this list.
namespace fit::domain {

// Text columns of the listing itself. They come first in kTextColumns; the properties follow.
inline constexpr std::size_t kListingColumns = 4;

inline constexpr auto kTextColumns = [] {
  std::array<std::string_view, kListingColumns + kProperties.size()> names = {"source", "brand", "size",
                                                                              "status"};
  std::ranges::copy(kProperties, names.begin() + kListingColumns);
  return names;
}();

inline constexpr std::size_t kStatusColumn = 3;  // index into kTextColumns

inline constexpr std::string_view kPriceColumn = "price";         // a number
inline constexpr std::string_view kListedAtColumn = "listed_at";  // a time

// Returns the index of a name in kTextColumns; nothing for other names.
inline std::optional<std::size_t> text_column(std::string_view name) {
  const auto found = std::ranges::find(kTextColumns, name);
  if (found == kTextColumns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kTextColumns.begin());
}

// Converts an index into kProperties to the index of that property in kTextColumns.
constexpr std::size_t property_column(std::size_t property) {
  return kListingColumns + property;
}

// Returns the item's text in a column, which is an index into kTextColumns; empty when it has no value.
inline const std::string& text_of(const FilterColumns& item, std::size_t column) {
  switch (column) {
    case 0:
      return item.source;
    case 1:
      return item.brand;
    case 2:
      return item.size;
    case kStatusColumn:
      return item.status;
    default:
      return item.properties[column - kListingColumns];
  }
}

}  // namespace fit::domain
