#pragma once

#include <functional>

#include "media/vips_pixels.h"

// Generated images and files for the tests of this folder.
namespace fit::media {

// Waves and blocks from a formula that testdata/make_references.py implements too.
Image pattern(int width, int height);

// Four quarters of one colour each: red and green above blue and white.
Image quarters(int width, int height);

// Applies `change` to a copy of the image in libvips, then saves the copy. `suffix` is ".png", ".jpg",
// ".webp", ".gif", ".avif" or ".heic", with libvips options in brackets: ".jpg[Q=95]".
using Change = std::function<VipsImage*(VipsImage*)>;
Bytes save(const Image& image, const std::string& suffix, const Change& change = {});

// An animation of `frames` copies of the image, each a shade darker than the one before.
Bytes save_animation(const Image& image, int frames, const std::string& suffix);

// A PNG whose header states width x height and whose data holds `rows` black rows.
Bytes black_png(std::uint32_t width, std::uint32_t height, std::uint32_t rows);

// A black, interlaced PNG.
Bytes black_interlaced_png(std::uint32_t width, std::uint32_t height);

// Largest and mean difference of the bytes of two images of the same size, in levels of 0 to 255.
struct Difference {
  int largest = 0;
  double mean = 0;
};
Difference difference(const Image& a, const Image& b);

// Red, green and blue of one pixel, 0 to 255.
std::array<int, 3> pixel(const Image& image, int x, int y);

}  // namespace fit::media
