#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/facet.h"

namespace fit::domain {

// What a size is counted in. Sizes of different systems are not compared: how they correspond depends on the
// maker and the kind of garment.
enum class SizeSystem : std::uint8_t {
  kLetters,  // XS, S, M, S/M; EN 13402-3 has letter codes from XXS to 5XL
  kEu,       // of clothes and shoes: EU 38
  kUk,
  kUs,
  kFr,
  kIt,
  kDe,
  kWaist,   // waist and inner leg in inches: W32 L34
  kShoes,   // half sizes and thirds, which only shoes have: EU 42.5
  kKids,    // age, or body height in cm in steps of 6 (EN 13402-3): 6-7 years, 122-128 cm
  kNumber,  // a number that several systems use: 10
  kOneSize,
};

// The name of a system in the API: "letters", "eu", "uk", "us", "fr", "it", "de", "waist", "shoes", "kids",
// "number", "one_size".
std::string_view name_of(SizeSystem system);

// A size as it is read from a seller's text.
struct GarmentSize {
  SizeSystem system = SizeSystem::kLetters;
  double rank = 0;   // orders the sizes of a system, the smallest first
  std::string text;  // how the size is written; read_size() of it returns the same size
};

// Reads a text that is a size and nothing else: "eu38", "38", "UK 10", "W32/L34", "32x34", "Medium",
// "2XL", "6-7 years", "122/128", "Size M". nullopt for other texts, such as "M (38)" or "EU 38 / UK 10", and
// for texts of more than 40 bytes. Linear in the length.
std::optional<GarmentSize> read_size(std::string_view text);

// Whether both texts are one size, or equal without regard to letter case.
bool is_same_size(std::string_view one, std::string_view other);

// Makes one value of the texts of a facet that are the same size, of which the `most` commonest stay. They
// are ordered by system and rank; texts that are no size follow, the most frequent first.
void unite_sizes(Facet& facet, std::size_t most);

}  // namespace fit::domain
