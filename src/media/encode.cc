#include <cstring>

#include "media/cutout.h"
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

Result<Bytes> write_png(VipsImage* pixels) {
  void* buffer = nullptr;
  std::size_t size_bytes = 0;
  const int failed =
      vips_pngsave_buffer(pixels, &buffer, &size_bytes, "keep", VIPS_FOREIGN_KEEP_NONE, nullptr);
  return take_buffer(failed, buffer, size_bytes);
}

// Wraps pixels of four bytes, the last one alpha, as wrap_pixels() does.
VipsHandle wrap_rgba(const std::vector<std::uint8_t>& rgba, int width, int height) {
  const VipsHandle raw(
      vips_image_new_from_memory(rgba.data(), rgba.size(), width, height, 4, VIPS_FORMAT_UCHAR));
  VipsImage* pixels = nullptr;
  if (raw) vips_copy(raw.get(), &pixels, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
  return VipsHandle(pixels);
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
  return write_png(pixels.get());
}

Result<Bytes> encode_png(const Cutout& cutout) {
  FIT_CHECK(check_vips_started());
  const Image& image = cutout.image;
  if (image.rgb.size() != cutout.alpha.size() * 3) {
    return internal("the image could not be written", "its alpha has another size");
  }
  std::vector<std::uint8_t> rgba(cutout.alpha.size() * 4);
  for (std::size_t i = 0; i < cutout.alpha.size(); ++i) {
    if (cutout.alpha[i] == 0) continue;
    std::memcpy(&rgba[i * 4], &image.rgb[i * 3], 3);
    rgba[i * 4 + 3] = cutout.alpha[i];
  }
  const VipsHandle pixels = wrap_rgba(rgba, image.width, image.height);
  if (!pixels) return internal("the image could not be written", take_vips_error());
  return write_png(pixels.get());
}

}  // namespace fit::media
