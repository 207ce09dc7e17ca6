#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/image.h"

namespace fit::media {

// The side of the square into which an image is reduced before its background is found, in pixels.
inline constexpr int kCutoutSide = 512;

// What of an image is not its background, with the pixels of the image that it was found in.
struct Cutout {
  Image image = {};                      // at most kCutoutSide pixels wide and high
  std::vector<std::uint8_t> alpha = {};  // one for each pixel: 0 is background, 255 is not
};

// Separates the one thing that an image shows from its background: GrabCut (C. Rother, V. Kolmogorov,
// A. Blake: "GrabCut: interactive foreground extraction using iterated graph cuts", SIGGRAPH 2004), which
// begins with the border as background and the middle as foreground. Returns nullopt where the result is
// implausible (is_plausible_mask()). Equal images give equal results. Takes the memory that it needs from
// limits.memory and much time of a processor core. Errors: those of resize(); kTooManyRequests as for
// decode(); kInternal. Thread-safe; blocks.
Result<std::optional<Cutout>> cut_out(const Image& image, const Limits& limits = {});

// The mask alone, of an image in its own size, found as for cut_out(): a value for each pixel, 0 is
// background, 255 is not. nullopt and errors as for cut_out().
Result<std::optional<std::vector<std::uint8_t>>> find_foreground(const Image& image,
                                                                 const Limits& limits = {});

// Whether a mask can be the silhouette of a thing: it covers between 12 and 95 percent of the area, and less
// than half of the border. `alpha` has width * height values.
bool is_plausible_mask(const std::vector<std::uint8_t>& alpha, int width, int height);

// Encodes a PNG with an alpha channel, without metadata. Background is black there, which compresses well.
// kInternal before start_vips() and for an alpha of another size. Thread-safe.
Result<Bytes> encode_png(const Cutout& cutout);

}  // namespace fit::media
