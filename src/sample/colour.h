#pragma once

#include <span>
#include <string_view>

#include "sample/random.h"

namespace fit::sample {

// sRGB, each channel 0 to 1.
struct Rgb {
  double r = 0;
  double g = 0;
  double b = 0;
};

Rgb from_hex(unsigned hex);
// `amount` 0: a, 1: b.
Rgb mix(Rgb a, Rgb b, double amount);
// Darker for amounts below 0, lighter above, -1 to 1.
Rgb toned(Rgb colour, double amount);
double luma(Rgb colour);

struct NamedColour {
  std::string_view name;
  unsigned hex;
};

// The colours that garments come in; their names are values of the properties primary_color and
// secondary_color.
std::span<const NamedColour> palette();

// The named colour, a little off as dyes are. Black for an unknown name.
Rgb dye(std::string_view name, Random& random);

}  // namespace fit::sample
