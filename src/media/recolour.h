#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "media/image.h"

namespace fit::media {

// The longer side of the images that are recoloured, in pixels; larger ones are reduced before.
inline constexpr int kRecolourSide = 1024;

// What a garment becomes.
struct Recolouring {
  std::uint32_t to = 0;  // sRGB, 0xRRGGBB
  double strength = 1;   // 0, nothing changes, to 1
};

// Gives the garment in an image another colour. `alpha` has a value for each pixel: 0 is background, 255 is
// the garment (media::find_foreground()). The colour that most of the garment has, in light and in shadow,
// becomes `to`; other colours, such as those of a print, stay. In Oklab, the lightness of the main colour is
// moved to that of the new one by a function that rises everywhere, so that folds and texture stay in order;
// chroma follows lightness, as it does on a lit surface. Pixels with an alpha of 0 stay as they are.
//
// kConflict, with the reason, where the garment has no main colour, or where more than a fifth of what
// surrounds it has the same colour, so that the mask is not to be trusted. kInternal for an alpha of another
// size. Thread-safe. Takes about half a microsecond a pixel.
Result<Image> recolour(const Image& image, const std::vector<std::uint8_t>& alpha, const Recolouring& wanted);

}  // namespace fit::media
