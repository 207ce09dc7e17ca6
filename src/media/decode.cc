#include "base/format.h"
#include "media/decode_in_process.h"
#include "media/decoder_process.h"
#include "media/format.h"
#include "media/orient.h"
#include "media/vips_pixels.h"

namespace fit::media {
namespace {

constexpr int kMaxShrink = 8;

Error broken(std::string_view field, std::string message) {
  return {ErrorCode::kMalformed, std::move(message), std::string(field), take_vips_error()};
}

Error too_large(std::string_view field, std::string message) {
  return {ErrorCode::kTooLarge, std::move(message), std::string(field), {}};
}

Result<Format> check_file(std::string_view field, ByteView file, const Limits& limits) {
  if (file.size() > limits.max_bytes) {
    return too_large(
        field, fit::format("the image has {} bytes; at most {} are allowed", file.size(), limits.max_bytes));
  }
  return detect_format(field, file);
}

// Opens the file with the decoder of its format and reads the header. `shrink` is 1, 2, 4 or 8 for JPEG and
// WebP, and 1 for other formats.
VipsHandle open(Format format, ByteView file, int shrink) {
  void* data = const_cast<std::byte*>(file.data());  // libvips only reads it
  const std::size_t size = file.size();
  VipsImage* out = nullptr;
  switch (format) {
    case Format::kJpeg:
      // Stray bytes between markers are common and harmless: only missing data is an error.
      vips_jpegload_buffer(data, size, &out, "shrink", shrink, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                           VIPS_FAIL_ON_TRUNCATED, nullptr);
      break;
    case Format::kPng:
      vips_pngload_buffer(data, size, &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                          nullptr);
      break;
    case Format::kWebp:
      vips_webpload_buffer(data, size, &out, "scale", 1.0 / shrink, "access", VIPS_ACCESS_SEQUENTIAL,
                           "fail_on", VIPS_FAIL_ON_ERROR, nullptr);
      break;
    case Format::kGif:
      vips_gifload_buffer(data, size, &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                          nullptr);
      break;
    case Format::kAvif:
    case Format::kHeic:
      vips_heifload_buffer(data, size, &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                           nullptr);
      break;
  }
  return VipsHandle(out);
}

Result<void> check_size(std::string_view field, const VipsImage* image, const Limits& limits) {
  const std::uint64_t pixels = static_cast<std::uint64_t>(image->Xsize) * image->Ysize;
  if (pixels > limits.max_pixels) {
    return too_large(field, fit::format("the image has {} x {} pixels; at most {} in all are allowed",
                                        image->Xsize, image->Ysize, limits.max_pixels));
  }
  if (std::min(image->Xsize, image->Ysize) < limits.min_side) {
    return invalid(std::string(field),
                   fit::format("the image has {} x {} pixels; both sides must have at least {}", image->Xsize,
                               image->Ysize, limits.min_side));
  }
  return {};
}

int orientation_of(VipsImage* image) {
  return vips_image_get_orientation(image);
}

int frames_of(VipsImage* image) {
  return std::max(1, vips_image_get_n_pages(image));
}

// The largest reduction that keeps the short side at `wanted` pixels or more.
int shrink_for(Format format, const VipsImage* image, int wanted) {
  if (wanted <= 0 || (format != Format::kJpeg && format != Format::kWebp)) return 1;
  int shrink = 1;
  while (shrink < kMaxShrink && std::min(image->Xsize, image->Ysize) / (shrink * 2) >= wanted) shrink *= 2;
  return shrink;
}

// Whether hostile files of this format can make its decoder abort or exhaust memory.
bool needs_isolation(Format format) {
  return format == Format::kAvif || format == Format::kHeic;
}

// An open file whose header is within the limits.
struct OpenedImage {
  Format format;
  VipsHandle image;
};

Result<OpenedImage> open_checked(std::string_view field, ByteView file, const Limits& limits) {
  FIT_CHECK(check_vips_started());
  FIT_TRY(const Format format, check_file(field, file, limits));
  VipsHandle image = open(format, file, 1);
  if (!image) return broken(field, fit::format("the {} image has a broken header", to_string(format)));
  FIT_CHECK(check_size(field, image.get(), limits));
  return OpenedImage{format, std::move(image)};
}

}  // namespace

Result<Format> detect_format(std::string_view field, ByteView beginning) {
  if (beginning.empty()) return malformed(std::string(field), "the image is empty");
  if (auto format = sniff_format(beginning)) return *format;
  if (beginning.size() < 12) return malformed(std::string(field), "the image is truncated");
  return Error{ErrorCode::kUnsupportedMedia,
               "must be a JPEG, PNG, WebP, AVIF, HEIC or GIF image",
               std::string(field),
               {}};
}

Result<ImageInfo> probe(std::string_view field, ByteView file, const Limits& limits) {
  FIT_CHECK(check_vips_started());
  FIT_TRY(const Format format, check_file(field, file, limits));
  return needs_isolation(format) ? probe_isolated(field, file, limits)
                                 : probe_in_process(field, file, limits);
}

Result<Image> decode(std::string_view field, ByteView file, int short_side, const Limits& limits) {
  FIT_CHECK(check_vips_started());
  FIT_TRY(const Format format, check_file(field, file, limits));
  return needs_isolation(format) ? decode_isolated(field, file, short_side, limits)
                                 : decode_in_process(field, file, short_side, limits);
}

Result<ImageInfo> probe_in_process(std::string_view field, ByteView file, const Limits& limits) {
  FIT_TRY(const OpenedImage opened, open_checked(field, file, limits));
  VipsImage* image = opened.image.get();
  ImageInfo info{opened.format, image->Xsize, image->Ysize, frames_of(image)};
  if (swaps_width_and_height(orientation_of(image))) std::swap(info.width, info.height);
  return info;
}

Result<Image> decode_in_process(std::string_view field, ByteView file, int short_side, const Limits& limits) {
  const auto deadline = std::chrono::steady_clock::now() + limits.max_time;
  FIT_TRY(OpenedImage opened, open_checked(field, file, limits));
  const int shrink = shrink_for(opened.format, opened.image.get(), short_side);
  if (shrink > 1) opened.image = open(opened.format, file, shrink);
  if (!opened.image) return broken(field, "the image is broken or truncated");
  const int orientation = orientation_of(opened.image.get());
  const VipsHandle pixels = to_srgb(std::move(opened.image));
  if (!pixels) return broken(field, "the image's colours cannot be converted to sRGB");
  FIT_TRY(Image image, read_pixels(pixels.get(), field, deadline));
  return apply_orientation(std::move(image), orientation);
}

}  // namespace fit::media
