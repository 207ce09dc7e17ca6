#include "style/outfits/colour_harmony.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

namespace fit::style {
namespace {

// Conventions of colour theory; they are not learned (docs/style.md).
constexpr double kNeutralChroma = 0.065;
constexpr double kAnalogousDegrees = 30;
constexpr double kComplementaryDegrees = 150;
constexpr double kContrastLightness = 0.3;

struct ReferenceColour {
  std::string_view value;
  std::uint32_t srgb;
};

constexpr ReferenceColour kReferenceColours[] = {
    {"black", 0x1a1a1a},  {"white", 0xffffff},    {"off-white", 0xf5f0e6},  {"cream", 0xf3e8cf},
    {"gray", 0x8c8c8c},   {"charcoal", 0x3a3d40}, {"silver", 0xc0c3c7},     {"steel", 0x8a9299},
    {"blue", 0x2f62b3},   {"navy", 0x1f2a4a},     {"light blue", 0xa3c7e6}, {"turquoise", 0x2aa7a5},
    {"red", 0xc4232c},    {"burgundy", 0x6b1f33}, {"pink", 0xeea3b8},       {"magenta", 0xc2257f},
    {"peach", 0xf7b596},  {"purple", 0x6c4294},   {"lavender", 0xb9a6d6},   {"green", 0x2f8a55},
    {"olive", 0x6b6e3a},  {"brown", 0x6b4630},    {"tan", 0xb98a5c},        {"copper", 0xa8643c},
    {"beige", 0xd9c7a8},  {"khaki", 0xa89b73},    {"yellow", 0xf0cf3e},     {"mustard", 0xc9982b},
    {"orange", 0xe67a2e}, {"gold", 0xc9a544},
};

// The linear intensity of the channel of a colour that begins at bit `shift`, 0 to 1.
double linear_channel(std::uint32_t srgb, int shift) {
  const double value = static_cast<double>((srgb >> shift) & 0xffU) / 255;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double hue_distance(double one, double other) {
  const double distance = std::abs(one - other);
  return std::min(distance, 360 - distance);
}

}  // namespace

Oklch to_oklch(std::uint32_t srgb) {
  const double red = linear_channel(srgb, 16);
  const double green = linear_channel(srgb, 8);
  const double blue = linear_channel(srgb, 0);
  // The matrices are those of the definition of Oklab.
  const double l = std::cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const double m = std::cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const double s = std::cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  const double a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
  const double b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
  const double degrees = std::atan2(b, a) * 180 / std::numbers::pi;
  return {.lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          .chroma = std::hypot(a, b),
          .hue = degrees < 0 ? degrees + 360 : degrees};
}

std::optional<Oklch> reference_colour(std::string_view value) {
  const auto* const found = std::ranges::find(kReferenceColours, value, &ReferenceColour::value);
  if (found == std::end(kReferenceColours)) return std::nullopt;
  return to_oklch(found->srgb);
}

ColourRelation colour_relation(const Oklch& one, const Oklch& other) {
  if (std::min(one.chroma, other.chroma) < kNeutralChroma) return ColourRelation::kNeutral;
  const double apart = hue_distance(one.hue, other.hue);
  if (apart <= kAnalogousDegrees) return ColourRelation::kAnalogous;
  if (apart >= kComplementaryDegrees) return ColourRelation::kComplementary;
  const double contrast = std::abs(one.lightness - other.lightness);
  return contrast >= kContrastLightness ? ColourRelation::kContrast : ColourRelation::kNone;
}

}  // namespace fit::style
