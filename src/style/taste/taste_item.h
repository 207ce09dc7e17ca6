#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/properties.h"

namespace fit::style {

// What a taste reads of an item. Borrows everything.
struct TasteItem {
  std::vector<std::span<const float>>
      vectors;  // of the main image, by space as in the background; empty: none
  const domain::Properties* properties = nullptr;  // null: none are known
  std::string_view brand = {};
  std::string_view size = {};
  std::optional<double> price = {};  // in major units of `currency`
  std::string_view currency = {};
};

// The attributes of an item that a person may prefer: the properties, then brand and size.
inline constexpr std::size_t kBrandAttribute = domain::kProperties.size();
inline constexpr std::size_t kSizeAttribute = kBrandAttribute + 1;
inline constexpr std::size_t kAttributeCount = kSizeAttribute + 1;
// The property's name, "brand" or "size".
std::string_view attribute_name(std::size_t attribute);

// An item as tastes compare it: made once by TasteBackground::prepare(), for any number of tastes.
struct PreparedItem {
  std::vector<std::vector<float>> vectors;          // about the catalogue's mean, L2 norm 1; empty: none
  std::array<std::string, kAttributeCount> values;  // empty: not known; a size follows its category
  std::optional<double> log_price;  // about the catalogue's mean of the currency, in deviations
  std::string currency;
};

}  // namespace fit::style
