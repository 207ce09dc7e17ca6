#include "media/vips_pixels.h"

#include <cstring>

namespace fit::media {
namespace {

constexpr int kMaxStripRows = 64;
constexpr int kMaxStripPixels = 1 << 18;

struct RegionUnref {
  void operator()(VipsRegion* region) const { g_object_unref(region); }
};

VipsHandle apply_profile(VipsImage* image) {
  VipsImage* out = nullptr;
  if (vips_icc_transform(image, &out, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE, "depth", 8,
                         nullptr)) {
    vips_error_clear();  // the profile does not fit the pixels; ignore it
    return nullptr;
  }
  return VipsHandle(out);
}

bool is_plain_srgb(const VipsImage* image) {
  return image->BandFmt == VIPS_FORMAT_UCHAR && image->Type == VIPS_INTERPRETATION_sRGB && image->Bands >= 3;
}

}  // namespace

std::string take_vips_error() {
  char* text = vips_error_buffer_copy();
  std::string message(text);
  g_free(text);
  while (message.ends_with('\n')) message.pop_back();
  return message;
}

Result<void> check_vips_started() {
  if (g_type_from_name("VipsForeignLoadJpegBuffer") != 0) return {};
  return internal("the image library is not ready", "media::start_vips() was not called");
}

VipsHandle to_srgb(VipsHandle image) {
  VipsImage* out = nullptr;
  VipsHandle converted;
  if (vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0) converted = apply_profile(image.get());
  if (converted) image = std::move(converted);
  if (!is_plain_srgb(image.get())) {
    if (vips_colourspace(image.get(), &out, VIPS_INTERPRETATION_sRGB, nullptr)) return nullptr;
    image.reset(out);
  }
  if (vips_image_hasalpha(image.get())) {
    const std::array<double, 3> white = {255, 255, 255};
    VipsArrayDouble* background = vips_array_double_new(white.data(), static_cast<int>(white.size()));
    const int failed = vips_flatten(image.get(), &out, "background", background, "max_alpha", 255.0, nullptr);
    vips_area_unref(VIPS_AREA(background));
    if (failed) return nullptr;
    image.reset(out);
  }
  if (image->Bands > 3) {
    if (vips_extract_band(image.get(), &out, 0, "n", 3, nullptr)) return nullptr;
    image.reset(out);
  }
  if (image->BandFmt != VIPS_FORMAT_UCHAR) {
    if (vips_cast(image.get(), &out, VIPS_FORMAT_UCHAR, nullptr)) return nullptr;
    image.reset(out);
  }
  return image;
}

int strip_rows(int width) {
  return std::clamp(kMaxStripPixels / std::max(width, 1), 1, kMaxStripRows);
}

Result<Image> read_pixels(VipsImage* image, std::string_view field,
                          std::chrono::steady_clock::time_point deadline) {
  if (image->Bands != 3 || image->BandFmt != VIPS_FORMAT_UCHAR) {
    return internal("the image could not be converted to sRGB", "read_pixels: not 3 x uchar");
  }
  Image result{image->Xsize, image->Ysize, {}};
  const std::size_t stride = static_cast<std::size_t>(result.width) * 3;
  const std::unique_ptr<VipsRegion, RegionUnref> region(vips_region_new(image));
  const int rows = strip_rows(result.width);
  for (int top = 0; top < result.height; top += rows) {
    VipsRect strip{0, top, result.width, std::min(rows, result.height - top)};
    const bool failed = vips_region_prepare(region.get(), &strip) != 0;
    if (std::chrono::steady_clock::now() > deadline) {
      vips_error_clear();
      return Error{ErrorCode::kDeadlineExceeded, "the image took too long to decode", std::string(field), {}};
    }
    if (failed) {
      return Error{ErrorCode::kMalformed, "the image is broken or truncated", std::string(field),
                   take_vips_error()};
    }
    if (top == 0)
      result.rgb.resize(stride * result.height);  // allocated once the decoder has accepted the first rows
    for (int y = top; y < top + strip.height; ++y) {
      std::memcpy(&result.rgb[stride * y], VIPS_REGION_ADDR(region.get(), 0, y), stride);
    }
  }
  return result;
}

int readable_rows(VipsImage* image, std::chrono::steady_clock::time_point deadline) {
  constexpr int kRows = 8;  // the rows of a JPEG block
  const std::unique_ptr<VipsRegion, RegionUnref> region(vips_region_new(image));
  int top = 0;
  while (top < image->Ysize && std::chrono::steady_clock::now() <= deadline) {
    VipsRect strip{0, top, image->Xsize, std::min(kRows, image->Ysize - top)};
    if (vips_region_prepare(region.get(), &strip) != 0) break;
    top += strip.height;
  }
  vips_error_clear();
  return top;
}

VipsHandle wrap_pixels(const Image& image) {
  if (image.width < 1 || image.rgb.size() != static_cast<std::size_t>(image.width) * image.height * 3)
    return nullptr;
  return VipsHandle(vips_image_new_from_memory(image.rgb.data(), image.rgb.size(), image.width, image.height,
                                               3, VIPS_FORMAT_UCHAR));
}

}  // namespace fit::media
