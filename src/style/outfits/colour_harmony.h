#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fit::style {

// A colour in OKLCH (Ottosson, 2020), in which equal distances look about equal.
struct Oklch {
  double lightness = 0;  // 0 is black, 1 is white
  double chroma = 0;     // 0 is gray; sRGB ends at about 0.32
  double hue = 0;        // degrees, 0 to 360; it means nothing for grays
};

// Converts a colour of sRGB, 0xRRGGBB.
Oklch to_oklch(std::uint32_t srgb);

// The colour of sRGB, 0xRRGGBB, that stands for a value of the property primary_color; nullopt for "multi"
// and for other texts.
std::optional<std::uint32_t> reference_srgb(std::string_view value);
// The same in OKLCH.
std::optional<Oklch> reference_colour(std::string_view value);

// How two colours stand to each other. The first that holds counts.
enum class ColourRelation : std::uint8_t {
  kNeutral,        // one of them has little chroma: black, white, gray, beige, khaki, brown, navy, light blue
  kAnalogous,      // their hues are at most 30 degrees apart
  kComplementary,  // their hues are at least 150 degrees apart
  kContrast,       // one is much lighter than the other
  kNone,
};
ColourRelation colour_relation(const Oklch& one, const Oklch& other);

// Whether the colours harmonise, which all relations do but kNone.
constexpr bool is_harmony(ColourRelation relation) {
  return relation != ColourRelation::kNone;
}

}  // namespace fit::style
