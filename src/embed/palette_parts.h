#pragma once

#include <array>
#include <span>

#include "media/image.h"

// The measurements of the palette embedder on one small square image.
namespace fit::embed {

inline constexpr int kPaletteSide = 64;
inline constexpr int kPalettePixels = kPaletteSide * kPaletteSide;

// One number per pixel, rows from the top.
using Plane = std::array<float, kPalettePixels>;

// CIE L* (0 to 100), a* and b* under D65, from sRGB (IEC 61966-2-1).
struct LabImage {
  Plane lightness, a, b;
};
void to_lab(const media::Image& image, LabImage& lab);  // `image` is kPaletteSide x kPaletteSide

// Estimates for each pixel the probability that it shows the garment, 0 to 1.
void find_foreground(const LabImage& lab, Plane& foreground);

// Each function fills its part of a vector (see PaletteLayout) with values of L2 norm 1, or with zeros where
// the image has no such feature.
void measure_colour(const LabImage& lab, const Plane& foreground, std::span<float> out);
void measure_shape(const LabImage& lab, std::span<float> out);
void measure_texture(const LabImage& lab, const Plane& foreground, std::span<float> out);

}  // namespace fit::embed
