#pragma once

#include <functional>

#include "media/vips_pixels.h"

// Images and files for the tests of this folder, made in code.
namespace fit::media {

// A formula of waves and blocks; testdata/make_references.py computes the same.
Image pattern(int width, int height);

// Four quarters: red, green / blue, white.
Image quarters(int width, int height);

// Runs `change` on a copy of the image inside libvips, then saves it: ".png", ".jpg", ".webp", ".gif",
// ".avif" or
// ".heic", with libvips's options in brackets.
using Change = std::function<VipsImage*(VipsImage*)>;
Bytes save(const Image& image, const std::string& suffix, const Change& change = {});

// `frames` copies of the image, each a shade darker, as one animation.
Bytes save_animation(const Image& image, int frames, const std::string& suffix);

// A PNG that says width x height and holds all-black rows, well compressed; at most `rows` of them.
Bytes black_png(std::uint32_t width, std::uint32_t height, std::uint32_t rows);

// The largest and the mean difference of two images of one size, in levels of 0 to 255.
struct Difference {
  int largest = 0;
  double mean = 0;
};
Difference difference(const Image& a, const Image& b);

std::array<int, 3> pixel(const Image& image, int x, int y);

}  // namespace fit::media
