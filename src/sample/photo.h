#pragma once

#include "media/image.h"
#include "sample/backdrop.h"
#include "sample/painter.h"

namespace fit::sample {

// The light of one photo and the camera's view of it.
struct Exposure {
  double brightness = 1;
  double warmth = 0;    // above 0 yellow, below blue; about -0.05 to 0.05
  double vignette = 0;  // how much darker the corners are
  double grain = 2;     // the sensor's noise, of 255
  std::uint64_t seed = 0;
};

// Lays the garment on the backdrop, with its soft shadow, and takes the photo: kWidth x kHeight.
media::Image take_photo(const Painter::Layers& garment, const Backdrop& backdrop, const Exposure& exposure);

}  // namespace fit::sample
