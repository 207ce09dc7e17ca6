#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_budget.h"
#include "base/bytes.h"
#include "base/result.h"

namespace fit::media {

// A decoded image: eight-bit sRGB pixels of three bytes, rows from the top without padding. EXIF orientation
// is applied, and transparent pixels are blended with white.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;  // width * height * 3
};

// The image formats that probe() and decode() accept.
enum class Format { kJpeg, kPng, kWebp, kAvif, kHeic, kGif };

std::string_view to_string(Format format);  // "jpeg", "png", ...
std::string_view mime_type(Format format);  // "image/jpeg", ...

// The contents of a file's header, read without decoding pixels.
struct ImageInfo {
  Format format = Format::kJpeg;
  int width = 0;   // after EXIF orientation
  int height = 0;  // after EXIF orientation
  int frames = 1;  // at least 1; more for an animation
};

// Limits of probe() and decode(). All except max_time and max_wait are checked before memory is allocated for
// pixels.
struct Limits {
  std::uint64_t max_bytes = 20u << 20;       // size of the file
  std::uint64_t max_pixels = 100'000'000;    // width * height in the header
  int max_side = 32'768;                     // largest width and height in the header
  int min_side = 8;                          // least width and height in the header
  std::chrono::milliseconds max_time{5000};  // time limit of decoding; then kDeadlineExceeded

  // The memory budget of decode(), shared by all calls that name it; null: no limit. A call reserves the most
  // memory that it may need while it decodes, and waits for it up to max_wait.
  ByteBudget* memory = nullptr;
  std::chrono::milliseconds max_wait{10'000};
};

// Initialises libvips and starts the parent of the decoder processes. libvips runs without caches, worker
// threads and loaders of other file types, and writes nothing to the terminal. Call it at the start of main,
// before any thread is started, because it forks. Further calls have no effect. kInternal on failure.
Result<void> start_vips();

// Reads the header. The format is detected from the content, never from a file name.
// Errors, all naming `field`: kUnsupportedMedia (none of the formats), kMalformed (broken, empty or
// truncated), kTooLarge (over max_bytes, max_pixels or max_side), kInvalid (a side below min_side); for AVIF
// and HEIC also kDeadlineExceeded and kUnavailable, as for decode(). Thread-safe.
Result<ImageInfo> probe(std::string_view field, ByteView file, const Limits& limits = {});

// The bytes at the beginning of a file that detect_format() reads.
inline constexpr std::size_t kFormatBytes = 512;

// The format of the file that begins so. The errors of probe() about the content, in as far as the beginning
// shows them: kUnsupportedMedia, and kMalformed for an empty or very short file. Thread-safe.
Result<Format> detect_format(std::string_view field, ByteView beginning);

// The factor by which decode() reduces an image with this header for the short side: 1, 2, 4 or 8; 1 for a
// short_side of 0. The short side of the result is not below min(short_side, the image's short side). For
// formats other than JPEG and WebP, whose decoders cannot reduce, the limit is twice short_side. Equal
// factors give equal pixels.
int reduction(const ImageInfo& info, int short_side);

// Decodes the first frame, reduced by reduction(), which saves most of the cost of a large photo. Colour
// profiles are applied; CMYK, grey, palette and 16-bit pixels become eight-bit sRGB.
//
// Errors are those of probe(); kTooLarge when the image alone needs more than the memory budget;
// kTooManyRequests when memory was not available within max_wait; kDeadlineExceeded. A file truncated before
// its last pixel is kMalformed, except a JPEG file that lacks at most its last rows of blocks, which are grey
// then.
//
// An image is decoded strip by strip on the calling thread, and the time limit is checked after each strip.
// Images of more than a megapixel whose decoders produce whole frames (GIF, WebP, progressive JPEG,
// interlaced PNG), and all AVIF and HEIC images, are decoded in a child process that is killed at the time
// limit; its crash is kMalformed, and kUnavailable means that no child process could be made.
//
// Thread-safe; blocks.
Result<Image> decode(std::string_view field, ByteView file, int short_side, const Limits& limits = {});

// Resizes to exactly width x height with the bicubic kernel (Catmull-Rom, a = -0.5), widened when shrinking,
// as Pillow's BICUBIC. Each byte is within one level of Pillow's result (testdata/). kInvalid for sizes
// outside 1 to 32,768. Thread-safe.
Result<Image> resize(const Image& image, int width, int height);

// Resizes the short side to `size` (bicubic) and crops the centre square: CLIP's preprocessing
// (https://github.com/openai/CLIP, clip.py, _transform), with torchvision's rounding of the long side and the
// offset. Only the pixels of the crop are computed. kInvalid for sizes outside 1 to 32,768. Thread-safe.
Result<Image> resize_short_side_and_crop(const Image& image, int size);

// Encodes a JPEG without metadata that fits into max_side x max_side pixels. The aspect ratio is preserved,
// and the image is never enlarged. `quality` is 1 to 100. kInvalid for arguments out of range; kInternal
// before start_vips(). Thread-safe.
Result<Bytes> encode_jpeg(const Image& image, int max_side, int quality = 82);

// Encodes a lossless PNG without metadata. kInternal before start_vips(). Thread-safe.
Result<Bytes> encode_png(const Image& image);

// 64-bit perceptual hash (DCT pHash, https://www.phash.org). The image is reduced to 32 x 32 luma values; a
// bit is set where one of the DCT frequencies 1 to 8 in each direction is above their median. Near-duplicates
// differ in few bits, mirrored images in many. 0 for an empty image.
std::uint64_t perceptual_hash(const Image& image);

// Number of differing bits of two hashes: 0 (identical) to 64.
int hamming_distance(std::uint64_t a, std::uint64_t b);

}  // namespace fit::media
