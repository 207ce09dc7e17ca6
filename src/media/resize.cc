#include "media/resample.h"

#include <cmath>

#include "base/format.h"

namespace fit::media {
namespace {

constexpr int kMaxSide = 1 << 15;

Result<void> check_image(const Image& image) {
  if (image.width < 1 || image.height < 1 ||
      image.rgb.size() != static_cast<std::size_t>(image.width) * image.height * 3) {
    return internal("the number of an image's pixels does not match its size", "media::resize");
  }
  return {};
}

}  // namespace

Result<Image> resize(const Image& image, int width, int height) {
  FIT_CHECK(check_image(image));
  if (width < 1 || width > kMaxSide)
    return invalid("width", fit::format("must be between 1 and {}", kMaxSide));
  if (height < 1 || height > kMaxSide) {
    return invalid("height", fit::format("must be between 1 and {}", kMaxSide));
  }
  if (image.width == width && image.height == height) return image;
  return resample(image, width, height, {0, 0, width, height});
}

Result<Image> resize_short_side_and_crop(const Image& image, int size) {
  FIT_CHECK(check_image(image));
  if (size < 1 || size > kMaxSide) return invalid("size", fit::format("must be between 1 and {}", kMaxSide));
  const int shorter = std::min(image.width, image.height);
  const auto scaled = [&](int side) { return static_cast<std::int64_t>(size) * side / shorter; };
  const std::int64_t width = scaled(image.width);
  const std::int64_t height = scaled(image.height);
  if (std::max(width, height) > std::numeric_limits<int>::max()) {
    return invalid("size", "the image is too narrow to be enlarged to this size");
  }
  // Halves are rounded to the even neighbour, as by Python's round().
  const auto offset = [&](std::int64_t side) {
    return static_cast<int>(std::nearbyint((side - size) / 2.0));
  };
  return resample(image, static_cast<int>(width), static_cast<int>(height),
                  {offset(width), offset(height), size, size});
}

}  // namespace fit::media
