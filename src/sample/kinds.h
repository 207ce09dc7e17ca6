#pragma once

#include <span>
#include <string_view>

#include "sample/design.h"

namespace fit::sample {

// A kind of garment and what it comes in. Words are lists for Random::pick: "a|b|b".
struct Kind {
  std::string_view name = {};  // the property subcategory
  std::string_view category = {};
  Draw draw = nullptr;
  int share = 1;                // how many of a round of items are of this kind
  double price = 20;            // of a middling one, USD
  std::string_view sizes = {};  // "clothes", "waist", "shoes" or "one"
  std::string_view materials = {};
  std::string_view patterns = "solid";
  std::string_view colours = {};  // none: the whole palette
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

std::span<const Kind> kinds();

// The kind of the item with this index: each kind comes `share` times in a round of items, in another order
// in each round.
const Kind& kind_of(std::uint64_t seed, std::uint64_t index);

}  // namespace fit::sample
