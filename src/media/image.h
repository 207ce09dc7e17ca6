#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::media {

// Eight-bit sRGB pixels, three bytes each, rows from the top without padding. Upright: EXIF orientation is
// applied; transparency is laid on white.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;  // width * height * 3
};

enum class Format { kJpeg, kPng, kWebp, kAvif, kHeic, kGif };

std::string_view to_string(Format format);  // "jpeg", "png", ...
std::string_view mime_type(Format format);  // "image/jpeg", ...

// What a file's header says, before anything is decoded.
struct ImageInfo {
  Format format = Format::kJpeg;
  int width = 0;  // as shown, after EXIF orientation
  int height = 0;
  int frames = 1;
};

// Refused before memory is spent on pixels.
struct Limits {
  std::uint64_t max_bytes = 20u << 20;       // of the file
  std::uint64_t max_pixels = 100'000'000;    // width * height in the header
  int min_side = 8;                          // width and height in the header; a smaller image shows nothing
  std::chrono::milliseconds max_time{5000};  // for decoding; kDeadlineExceeded when passed
};

// Readies this process for the calls below, and libvips in it: no caches, no threads of its own, no other
// file types, nothing written to the terminal. Call once, at the start of main, before any thread is made: it
// forks the process that later makes those in which AVIF and HEIC are decoded. Again: no effect. kInternal
// when it fails.
Result<void> start_vips();

// Reads the header. The type comes from the content, never from a name.
// Errors, all naming `field`: kUnsupportedMedia (not one of the formats), kMalformed (broken, empty, cut
// short), kTooLarge (bytes or pixels over the limits), kInvalid (a side under the least), and for AVIF and
// HEIC those of decode(). Thread-safe.
Result<ImageInfo> probe(std::string_view field, ByteView file, const Limits& limits = {});

// Decodes the first frame. With `short_side` > 0 the image may come back smaller, but never with a short
// side under min(short_side, its own): JPEG and WebP decode at 1/2, 1/4 or 1/8 of their scale, so a
// 12-megapixel photo does not cost a full decode; other formats come back at full size, for the caller to
// resize. 0: full size. Colour profiles are applied; CMYK, grey, palettes and 16 bits become eight-bit sRGB.
// Errors as for probe(), and kDeadlineExceeded. A file cut short before its last pixel is kMalformed. The
// time limit is looked at between strips of rows; a WebP frame and an interlaced file decode in one step,
// which max_pixels bounds. AVIF and HEIC decode in a process of their own, which ends at the time limit and
// whose crash is kMalformed here; kUnavailable when no such process can be made. Thread-safe, blocks; decodes
// in the calling thread. Takes memory for the decoded image; a progressive JPEG or interlaced PNG also for
// the image at full size, up to six bytes a pixel.
Result<Image> decode(std::string_view field, ByteView file, int short_side, const Limits& limits = {});

// Bicubic (Catmull-Rom, a = -0.5) with the kernel widened when shrinking, as Pillow's BICUBIC, to exactly
// width x height; within one level of Pillow's result (testdata/). kInvalid for sizes outside 1 to 32,768.
Result<Image> resize(const Image& image, int width, int height);

// Short side resized to `size` (bicubic), then the centre `size` x `size` cut out: CLIP's preprocessing
// (https://github.com/openai/CLIP, clip.py, _transform), with torchvision's rounding of the long side and the
// offset. Only the pixels of the cut are computed.
Result<Image> resize_short_side_and_crop(const Image& image, int size);

// A JPEG no larger than max_side x max_side, aspect ratio kept, never enlarged; quality 1..100; no metadata.
// kInvalid for arguments out of range. start_vips() first, as for encode_png().
Result<Bytes> encode_jpeg(const Image& image, int max_side, int quality = 82);

// Lossless, for tests and drawn garments.
Result<Bytes> encode_png(const Image& image);

// 64-bit perceptual hash (DCT pHash, https://www.phash.org): of 32 x 32 luma values the frequencies 1 to 8
// each way, a bit set where one is above their median. Near-duplicates differ in few bits, mirrored images
// in many. 0 for an empty image.
std::uint64_t perceptual_hash(const Image& image);

// Differing bits of two hashes, 0 (same look) to 64.
int hamming_distance(std::uint64_t a, std::uint64_t b);

}  // namespace fit::media
