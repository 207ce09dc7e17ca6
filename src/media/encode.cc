#include <cstring>

#include "media/resample.h"
#include "media/vips_pixels.h"

namespace fit::media {
namespace {

Result<Bytes> take_buffer(int failed, void* buffer, std::size_t size_bytes) {
  if (failed) return internal("the image could not be written", take_vips_error());
  Bytes bytes(size_bytes);
  std::memcpy(bytes.data(), buffer, size_bytes);
  g_free(buffer);
  return bytes;
}

}  // namespace

Result<Bytes> encode_jpeg(const Image& image, int max_side, int quality) {
  FIT_CHECK(check_vips_started());
  if (max_side < 1) return invalid("max_side", "must be at least 1");
  if (quality < 1 || quality > 100) return invalid("quality", "must be between 1 and 100");
  const int longer = std::max(image.width, image.height);
  Image smaller;
  if (longer > max_side) {
    const auto scaled = [&](int side) {
      return std::max(1, static_cast<int>(std::lround(static_cast<double>(side) * max_side / longer)));
    };
    FIT_TRY(smaller, resize(image, scaled(image.width), scaled(image.height)));
  }
  const VipsHandle pixels = wrap_pixels(longer > max_side ? smaller : image);
  if (!pixels) return internal("the image could not be written", take_vips_error());
  void* buffer = nullptr;
  std::size_t size_bytes = 0;
  const int failed = vips_jpegsave_buffer(pixels.get(), &buffer, &size_bytes, "Q", quality, "keep",
                                          VIPS_FOREIGN_KEEP_NONE, nullptr);
  return take_buffer(failed, buffer, size_bytes);
}

Result<Bytes> encode_png(const Image& image) {
  FIT_CHECK(check_vips_started());
  const VipsHandle pixels = wrap_pixels(image);
  if (!pixels) return internal("the image could not be written", take_vips_error());
  void* buffer = nullptr;
  std::size_t size_bytes = 0;
  const int failed =
      vips_pngsave_buffer(pixels.get(), &buffer, &size_bytes, "keep", VIPS_FOREIGN_KEEP_NONE, nullptr);
  return take_buffer(failed, buffer, size_bytes);
}

}  // namespace fit::media
