#include "media/orient.h"

namespace fit::media {
namespace {

// Byte offsets in the stored image that visit its pixels in display order.
struct PixelStrides {
  std::ptrdiff_t start, per_column, per_row;
};

PixelStrides strides_of(int orientation, std::ptrdiff_t width, std::ptrdiff_t height) {
  const std::ptrdiff_t row = width * 3;
  const std::ptrdiff_t right = row - 3;
  const std::ptrdiff_t bottom = (height - 1) * row;
  switch (orientation) {
    case 2:
      return {right, -3, row};
    case 3:
      return {bottom + right, -3, -row};
    case 4:
      return {bottom, 3, -row};
    case 5:
      return {0, row, 3};
    case 6:
      return {bottom, -row, 3};
    case 7:
      return {bottom + right, -row, -3};
    case 8:
      return {right, row, -3};
    default:
      return {0, 3, row};
  }
}

}  // namespace

bool swaps_width_and_height(int orientation) {
  return orientation >= 5 && orientation <= 8;
}

Image apply_orientation(Image image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  const PixelStrides strides = strides_of(orientation, image.width, image.height);
  Image upright{image.width, image.height, std::vector<std::uint8_t>(image.rgb.size())};
  if (swaps_width_and_height(orientation)) std::swap(upright.width, upright.height);
  std::uint8_t* out = upright.rgb.data();
  for (int y = 0; y < upright.height; ++y) {
    const std::uint8_t* in = image.rgb.data() + strides.start + y * strides.per_row;
    for (int x = 0; x < upright.width; ++x, in += strides.per_column, out += 3) {
      out[0] = in[0];
      out[1] = in[1];
      out[2] = in[2];
    }
  }
  return upright;
}

}  // namespace fit::media
