#include "base/format.h"
#include "base/trace.h"
#include "media/decode_in_process.h"
#include "media/decoder_process.h"
#include "media/format.h"
#include "media/orient.h"
#include "media/vips_pixels.h"

namespace fit::media {
namespace {

constexpr int kMaxShrink = 8;

// The rows that may be missing at the end of a JPEG: those of its last row of blocks, and one thirty-second
// of all.
constexpr int kBlockRows = 8;
constexpr int kMaxMissingRows = 16;
constexpr int kMaxMissingShare = 32;

// Larger images whose decoder produces whole frames are decoded in a child process, which can be killed.
constexpr std::uint64_t kMaxPixelsOfWholeFrames = 1'000'000;

// The memory of a decoder besides whole frames and the result: tables, row buffers, and for each pixel of a
// strip the caches of the pipeline's stages.
constexpr std::uint64_t kBaseMemory = 4u << 20;
constexpr std::uint64_t kMemoryPerStripPixel = 96;

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
// WebP, and 1 for other formats. `fail_on` is that of a JPEG's decoder.
VipsHandle open(Format format, ByteView file, int shrink, VipsFailOn fail_on = VIPS_FAIL_ON_TRUNCATED) {
  void* data = const_cast<std::byte*>(file.data());  // libvips only reads it
  const std::size_t size = file.size();
  VipsImage* out = nullptr;
  switch (format) {
    case Format::kJpeg:
      // Stray bytes between markers are common and harmless: only missing data is an error.
      vips_jpegload_buffer(data, size, &out, "shrink", shrink, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                           fail_on, nullptr);
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
  if (std::max(image->Xsize, image->Ysize) > limits.max_side) {
    return too_large(field, fit::format("the image has {} x {} pixels; no side may have more than {}",
                                        image->Xsize, image->Ysize, limits.max_side));
  }
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

bool can_shrink(Format format) {
  return format == Format::kJpeg || format == Format::kWebp;
}

int reduction_of(Format format, int width, int height, int short_side) {
  if (short_side <= 0) return 1;
  const std::int64_t wanted = can_shrink(format) ? short_side : 2 * std::int64_t{short_side};
  int factor = 1;
  while (factor < kMaxShrink && std::min(width, height) / (factor * 2) >= wanted) factor *= 2;
  return factor;
}

// Whether hostile files of this format can make its decoder abort or exhaust memory.
bool needs_isolation(Format format) {
  return format == Format::kAvif || format == Format::kHeic;
}

bool has_flag(VipsImage* image, const char* name) {
  int value = 0;
  return vips_image_get_typeof(image, name) != 0 && vips_image_get_int(image, name, &value) == 0 &&
         value != 0;
}

// Whether the decoder reads the whole frame before it returns the first row.
bool gives_whole_frames(Format format, VipsImage* image, ByteView file) {
  constexpr std::size_t kInterlaceByte = 28;  // the offset of IHDR's interlace method in a PNG
  switch (format) {
    case Format::kJpeg:
      return has_flag(image, "jpeg-multiscan");
    case Format::kPng:
      return file.size() > kInterlaceByte && file[kInterlaceByte] != std::byte{0};
    case Format::kWebp:
    case Format::kGif:
    case Format::kAvif:
    case Format::kHeic:
      return true;
  }
  return true;
}

// The largest memory of a decoder of whole frames for each pixel of the file. `image` may be null for AVIF
// and HEIC.
std::uint64_t frame_bytes_per_pixel(Format format, const VipsImage* image) {
  switch (format) {
    case Format::kJpeg:
      return 2 * static_cast<std::uint64_t>(image->Bands);  // 16-bit coefficients
    case Format::kPng:
      return VIPS_IMAGE_SIZEOF_PEL(image);
    case Format::kWebp:
    case Format::kGif:
      return 8;  // the canvas and a copy, four bytes each
    case Format::kAvif:
    case Format::kHeic:
      return 12;  // planes of up to 16 bits and an interleaved copy
  }
  return 12;
}

struct DecodeCost {
  std::uint64_t memory_bytes = 0;
  bool is_isolated = false;
};

// `frame_bytes`: memory of whole frames for each pixel; 0 for a decoder that returns rows as it reads them.
DecodeCost cost_of(Format format, int width, int height, std::uint64_t frame_bytes, int short_side) {
  const auto factor = static_cast<std::uint64_t>(reduction_of(format, width, height, short_side));
  const std::uint64_t pixels = static_cast<std::uint64_t>(width) * height;
  const std::uint64_t strip = static_cast<std::uint64_t>(strip_rows(width)) * width;
  constexpr std::uint64_t kResult = 3 * 2;  // RGB, and a copy for the orientation or from a child process
  return {.memory_bytes = kBaseMemory + kMemoryPerStripPixel * strip + pixels * frame_bytes +
                          kResult * (pixels / (factor * factor)),
          .is_isolated = needs_isolation(format) || (frame_bytes > 0 && pixels > kMaxPixelsOfWholeFrames)};
}

// Reserves memory of the budget.
Result<ByteBudget::Lease> take_memory(std::string_view field, std::uint64_t bytes, const Limits& limits) {
  if (limits.memory == nullptr) return ByteBudget::Lease();
  if (bytes > limits.memory->limit_bytes()) {
    return too_large(
        field, fit::format("decoding the image takes up to {} bytes of memory; at most {} are allowed", bytes,
                           limits.memory->limit_bytes()));
  }
  auto lease = limits.memory->take_until(bytes, std::chrono::steady_clock::now() + limits.max_wait);
  if (lease) return *std::move(lease);
  return Error{ErrorCode::kTooManyRequests,
               "too many images are being decoded; try again soon",
               std::string(field),
               {}};
}

// Reduces by averaging, for formats whose decoders cannot reduce. Null on failure and for null.
VipsHandle shrink_by(VipsHandle image, int factor) {
  if (!image || factor <= 1) return image;
  VipsImage* out = nullptr;
  if (vips_shrink(image.get(), &out, factor, factor, nullptr) != 0) return nullptr;
  return VipsHandle(out);
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

// Converts an open image to sRGB, reduces it by `shrink`, reads its pixels and turns it upright.
Result<Image> read_upright(std::string_view field, VipsHandle image, int shrink,
                           std::chrono::steady_clock::time_point deadline) {
  const int orientation = orientation_of(image.get());
  const VipsHandle pixels = shrink_by(to_srgb(std::move(image)), shrink);
  if (!pixels) return broken(field, "the image's colours cannot be converted to sRGB");
  FIT_TRY(Image read, read_pixels(pixels.get(), field, deadline));
  return apply_orientation(std::move(read), orientation);
}

// Decodes a JPEG that ends early, as after an interrupted download. If at most its last rows of blocks are
// missing, they are grey; nullopt when more is missing. A progressive JPEG may only lack its end marker,
// because its end does not correspond to rows.
std::optional<Image> decode_cut_jpeg(ByteView file, int factor,
                                     std::chrono::steady_clock::time_point deadline) {
  const auto read = [&](ByteView content, VipsFailOn fail_on) -> std::optional<Image> {
    VipsHandle opened = open(Format::kJpeg, content, factor, fail_on);
    if (!opened) return std::nullopt;
    auto image = read_upright("", std::move(opened), 1, deadline);
    return image ? std::optional(*std::move(image)) : std::nullopt;
  };
  const VipsHandle strict = open(Format::kJpeg, file, factor);
  if (strict && has_flag(strict.get(), "jpeg-multiscan")) {
    Bytes ended(file.begin(), file.end());
    if (!ended.empty() && ended.back() == std::byte{0xFF}) ended.pop_back();
    ended.insert(ended.end(), {std::byte{0xFF}, std::byte{0xD9}});
    return read(ended, VIPS_FAIL_ON_WARNING);
  }
  if (!strict) return std::nullopt;
  const int height = strict->Ysize;
  const int may_miss = std::max(kMaxMissingRows / factor + kBlockRows, height / kMaxMissingShare);
  if (readable_rows(strict.get(), deadline) + may_miss < height) return std::nullopt;
  return read(file, VIPS_FAIL_ON_NONE);
}

Result<Image> decode_opened(std::string_view field, OpenedImage opened, ByteView file, int short_side,
                            std::chrono::steady_clock::time_point deadline) {
  const int factor = reduction_of(opened.format, opened.image->Xsize, opened.image->Ysize, short_side);
  const bool shrinks_early = can_shrink(opened.format);
  if (shrinks_early && factor > 1) opened.image = open(opened.format, file, factor);
  if (!opened.image) return broken(field, "the image is broken or truncated");
  auto image = read_upright(field, std::move(opened.image), shrinks_early ? 1 : factor, deadline);
  if (!image && opened.format == Format::kJpeg && image.error().code == ErrorCode::kMalformed) {
    if (auto cut = decode_cut_jpeg(file, factor, deadline)) return *std::move(cut);
  }
  return image;
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

int reduction(const ImageInfo& info, int short_side) {
  return reduction_of(info.format, info.width, info.height, short_side);
}

Result<Image> decode(std::string_view field, ByteView file, int short_side, const Limits& limits) {
  Span span("decode image");
  span.set("fit.file_bytes", static_cast<std::int64_t>(file.size()));
  FIT_CHECK(check_vips_started());
  FIT_TRY(const Format format, check_file(field, file, limits));
  OpenedImage opened{format, nullptr};
  DecodeCost cost;
  Limits allowed = limits;  // for the child process: no image larger than this one
  if (needs_isolation(format)) {
    FIT_TRY(const ImageInfo info, probe_isolated(field, file, limits));
    cost = cost_of(format, info.width, info.height, frame_bytes_per_pixel(format, nullptr), short_side);
    allowed.max_pixels = static_cast<std::uint64_t>(info.width) * info.height;
  } else {
    FIT_TRY(opened, open_checked(field, file, limits));
    VipsImage* const image = opened.image.get();
    const std::uint64_t frame_bytes =
        gives_whole_frames(format, image, file) ? frame_bytes_per_pixel(format, image) : 0;
    cost = cost_of(format, image->Xsize, image->Ysize, frame_bytes, short_side);
    allowed.max_pixels = static_cast<std::uint64_t>(image->Xsize) * image->Ysize;
  }
  FIT_TRY(const ByteBudget::Lease lease, take_memory(field, cost.memory_bytes, limits));
  if (cost.is_isolated) return decode_isolated(field, file, short_side, allowed);
  return decode_opened(field, std::move(opened), file, short_side,
                       std::chrono::steady_clock::now() + limits.max_time);
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
  return decode_opened(field, std::move(opened), file, short_side, deadline);
}

}  // namespace fit::media
