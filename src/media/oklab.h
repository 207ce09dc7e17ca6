#pragma once

#include <cstdint>

namespace fit::media {

// A colour in Oklab (B. Ottosson: "A perceptual color space for image processing", 2020), in which equal
// distances look about equal. Lightness is 0 for black and 1 for white. The chroma, hypot(a, b), is 0 for
// grays; that of sRGB ends at about 0.32.
struct Oklab {
  double lightness = 0;
  double a = 0;
  double b = 0;
};

// Converts eight-bit channels of sRGB. Fast: channels are looked up in a table.
Oklab to_oklab(std::uint8_t red, std::uint8_t green, std::uint8_t blue);
// Converts a colour of sRGB, 0xRRGGBB.
Oklab to_oklab(std::uint32_t srgb);

// Converts to a colour of sRGB, 0xRRGGBB. A colour that sRGB does not have loses as much chroma as it must,
// and keeps hue and lightness; lightness is clamped to 0..1.
std::uint32_t to_srgb(const Oklab& colour);

}  // namespace fit::media
