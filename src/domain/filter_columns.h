#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "domain/properties.h"
#include "domain/records.h"

// The columns that filters and facets read. Every filter, index and table goes by this list.
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

// The index into kTextColumns; nothing for a name that is no text column.
inline std::optional<std::size_t> text_column(std::string_view name) {
  const auto found = std::ranges::find(kTextColumns, name);
  if (found == kTextColumns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kTextColumns.begin());
}

// The index into kTextColumns of a property, which is an index into kProperties.
constexpr std::size_t property_column(std::size_t property) {
  return kListingColumns + property;
}

// The item's text in a column of kTextColumns; empty: no value.
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
