#pragma once

#include <span>
#include <string_view>

#include "sample/design.h"

namespace fit::sample {

// A kind of garment with the possible values of its properties, as lists for Random::pick(): "a|b|b".
struct Kind {
  std::string_view name = {};  // the value of the property "subcategory"
  std::string_view category = {};
  Draw draw = nullptr;
  int share = 1;                // number of items of this kind in a round of items
  double price = 20;            // typical price in USD
  std::string_view sizes = {};  // "clothes", "waist", "shoes" or "one"
  std::string_view materials = {};
  std::string_view patterns = "solid";
  std::string_view colours = {};  // empty: the whole palette
  std::string_view fits = "regular";
  std::string_view necklines = {};
  std::string_view sleeves = {};
  std::string_view lengths = {};
  std::string_view closures = {};
  std::string_view styles = "casual";
  std::string_view seasons = "all season";
  std::string_view occasions = "everyday";
  std::string_view genders = "women|men|unisex";
};

// All kinds.
std::span<const Kind> kinds();

// The kind of the item with this index. A round of items has `share` items of each kind, in an order that
// differs between rounds.
const Kind& kind_of(std::uint64_t seed, std::uint64_t index);

}  // namespace fit::sample
