#include "sample/colour.h"

#include <algorithm>
#include <array>

namespace fit::sample {
namespace {

constexpr std::array<NamedColour, 16> kPalette = {{{"black", 0x28282c},
                                                   {"white", 0xf3f1ec},
                                                   {"gray", 0x8f9398},
                                                   {"navy", 0x27365c},
                                                   {"blue", 0x3a6fb5},
                                                   {"light blue", 0x9fc3e0},
                                                   {"red", 0xc1272f},
                                                   {"burgundy", 0x6d2336},
                                                   {"pink", 0xeaa6b6},
                                                   {"orange", 0xdf7a35},
                                                   {"yellow", 0xe9c348},
                                                   {"green", 0x3c7d54},
                                                   {"olive", 0x71733f},
                                                   {"purple", 0x765394},
                                                   {"brown", 0x74502f},
                                                   {"beige", 0xd8c5a3}}};

double clamped(double value) {
  return std::clamp(value, 0.0, 1.0);
}

}  // namespace

Rgb from_hex(unsigned hex) {
  return {((hex >> 16) & 255) / 255.0, ((hex >> 8) & 255) / 255.0, (hex & 255) / 255.0};
}

Rgb mix(Rgb a, Rgb b, double amount) {
  return {a.r + (b.r - a.r) * amount, a.g + (b.g - a.g) * amount, a.b + (b.b - a.b) * amount};
}

Rgb toned(Rgb colour, double amount) {
  return amount < 0 ? mix(colour, {}, -amount) : mix(colour, {1, 1, 1}, amount);
}

double luma(Rgb colour) {
  return 0.299 * colour.r + 0.587 * colour.g + 0.114 * colour.b;
}

std::span<const NamedColour> palette() {
  return kPalette;
}

Rgb dye(std::string_view name, Random& random) {
  const auto* const found = std::ranges::find(kPalette, name, &NamedColour::name);
  Rgb colour = found == kPalette.end() ? Rgb{} : from_hex(found->hex);
  colour = toned(colour, random.range(-0.08, 0.06));
  const double jitter = 0.005 + 0.016 * luma(colour);
  return {clamped(colour.r + random.range(-jitter, jitter)),
          clamped(colour.g + random.range(-jitter, jitter)),
          clamped(colour.b + random.range(-jitter, jitter))};
}

}  // namespace fit::sample
