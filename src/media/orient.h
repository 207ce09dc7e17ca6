#pragma once

#include "media/image.h"

namespace fit::media {

// Turns and mirrors stored pixels upright. `orientation` is EXIF's (TIFF 6.0 tag 274), 1 to 8; others change
// nothing.
Image turn_upright(Image image, int orientation);

// True for the orientations that swap width and height.
bool swaps_sides(int orientation);

}  // namespace fit::media
