#pragma once

#include "media/image.h"
#include "sample/backdrop.h"
#include "sample/painter.h"

namespace fit::sample {

// The light and the camera of one photo.
struct Exposure {
  double brightness = 1;
  double warmth = 0;    // yellow above 0, blue below; about -0.05 to 0.05
  double vignette = 0;  // darkening of the corners, 0 to 1
  double grain = 2;     // sensor noise, in levels of 0 to 255
  std::uint64_t seed = 0;
};

// Composes the garment, its soft shadow and the backdrop to a photo of kWidth x kHeight pixels.
media::Image take_photo(const Painter::Layers& garment, const Backdrop& backdrop, const Exposure& exposure);

}  // namespace fit::sample
