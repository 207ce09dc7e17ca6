#pragma once

#include "media/image.h"

namespace fit::media {

// Rotates and mirrors the stored pixels into display order. `orientation` is the EXIF value (TIFF 6.0 tag
// 274), 1 to 8; other values leave the image unchanged.
Image apply_orientation(Image image, int orientation);

// True for the orientations that exchange width and height (5 to 8).
bool swaps_width_and_height(int orientation);

}  // namespace fit::media
