#include "style/outfits/colour_harmony.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

#include "media/oklab.h"

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

double hue_distance(double one, double other) {
  const double distance = std::abs(one - other);
  return std::min(distance, 360 - distance);
}

}  // namespace

Oklch to_oklch(std::uint32_t srgb) {
  const media::Oklab colour = media::to_oklab(srgb);
  const double degrees = std::atan2(colour.b, colour.a) * 180 / std::numbers::pi;
  return {.lightness = colour.lightness,
          .chroma = std::hypot(colour.a, colour.b),
          .hue = degrees < 0 ? degrees + 360 : degrees};
}

std::optional<std::uint32_t> reference_srgb(std::string_view value) {
  const auto* const found = std::ranges::find(kReferenceColours, value, &ReferenceColour::value);
  if (found == std::end(kReferenceColours)) return std::nullopt;
  return found->srgb;
}

std::optional<Oklch> reference_colour(std::string_view value) {
  const auto srgb = reference_srgb(value);
  return srgb ? std::optional(to_oklch(*srgb)) : std::nullopt;
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
