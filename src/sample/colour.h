#pragma once

#include <span>
#include <string_view>

#include "sample/random.h"

namespace fit::sample {

// An sRGB colour with channels from 0 to 1.
struct Rgb {
  double r = 0;
  double g = 0;
  double b = 0;
};

Rgb from_hex(unsigned hex);
// Interpolates from `a` (amount 0) to `b` (amount 1).
Rgb mix(Rgb a, Rgb b, double amount);
// Darkens (amounts below 0) or lightens; `amount` is -1 to 1.
Rgb toned(Rgb colour, double amount);
double luma(Rgb colour);

// A colour with its name.
struct NamedColour {
  std::string_view name;
  unsigned hex;
};

// The colours of garments. Their names are values of the properties primary_color and secondary_color.
std::span<const NamedColour> palette();

// The named colour with a small random deviation; black for an unknown name.
Rgb dye(std::string_view name, Random& random);

}  // namespace fit::sample
