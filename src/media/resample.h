#pragma once

#include <span>
#include <vector>

#include "media/image.h"

namespace fit::media {

// Convolution weights of a resampling along one axis: each output position is a weighted sum of consecutive
// input positions.
struct ResampleWeights {
  int count = 0;               // weights stored for each output position; the unused ones are 0
  std::vector<int> first;      // for each output position, the input position of its first weight
  std::vector<int> used;       // for each output position, the number of weights in use
  std::vector<float> weights;  // `count` for each output position, with sum 1
};

// Catmull-Rom weights (a = -0.5) from `in` pixels to `out`, for the output positions [from, from + length).
// The kernel is stretched by in / out when shrinking and truncated at the edges. Pixel centres lie at half
// positions.
ResampleWeights bicubic_weights(int in, int out, int from, int length);

// A rectangle of the output image, in pixels.
struct Window {
  int left = 0, top = 0, width = 0, height = 0;
};

// Computes the part inside `window` of the image resized to out_width x out_height. Sizes must be at least 1,
// and the window must lie inside the output.
Image resample(const Image& image, int out_width, int out_height, const Window& window);

}  // namespace fit::media
