#pragma once

#include <span>
#include <vector>

#include "media/image.h"

namespace fit::media {

// Which input pixels make each output pixel along one axis, and how much of each.
struct Taps {
  int count = 0;               // weights per output pixel; unused ones are 0
  std::vector<int> first;      // per output pixel, the input position of its first weight
  std::vector<int> used;       // per output pixel, how many weights are not padding
  std::vector<float> weights;  // count per output pixel, summing to 1
};

// Catmull-Rom (a = -0.5) from `in` pixels to `out`, the kernel stretched by in / out when shrinking and cut
// off at the edges; only for the output positions [from, from + length). Centres at half pixels.
Taps bicubic_taps(int in, int out, int from, int length);

// Resizes to out_width x out_height but makes only the window of it that starts at (left, top).
// Sizes must be at least 1 and the window inside.
struct Window {
  int left = 0, top = 0, width = 0, height = 0;
};
Image resample(const Image& image, int out_width, int out_height, const Window& window);

}  // namespace fit::media
