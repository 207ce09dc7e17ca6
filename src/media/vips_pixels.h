#pragma once

#include <vips/vips.h>

#include <memory>
#include <string>

#include "media/image.h"

namespace fit::media {

// Deleter of VipsHandle: releases one reference.
struct VipsUnref {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using VipsHandle = std::unique_ptr<VipsImage, VipsUnref>;

// Returns and clears libvips's error buffer. The buffer is shared by the process, so messages of other
// threads may be among its lines; use it for logs only.
std::string take_vips_error();

// kInternal before start_vips().
Result<void> check_vips_started();

// Builds a pipeline to three bands of eight-bit sRGB: it applies colour profiles, converts other colour
// spaces and depths and blends transparency with white. No pixel is computed yet. Returns nullptr on failure;
// see take_vips_error().
VipsHandle to_srgb(VipsHandle image);

// The number of rows that read_pixels() computes at a time. It is lower for wide images, so that a strip
// stays small.
int strip_rows(int width);

// Runs a pipeline of to_srgb() on the calling thread, strip by strip from the top. kDeadlineExceeded after
// `deadline`, kMalformed for a broken file, both naming `field`.
Result<Image> read_pixels(VipsImage* image, std::string_view field,
                          std::chrono::steady_clock::time_point deadline);

// Runs a pipeline like read_pixels(), and returns the number of rows from the top that are computed without
// an error, to within eight rows.
int readable_rows(VipsImage* image, std::chrono::steady_clock::time_point deadline);

// Wraps the pixels for libvips without a copy; `image` must outlive the handle and everything derived from
// it. Returns nullptr when the image has no pixels or when their number does not match its size.
VipsHandle wrap_pixels(const Image& image);

}  // namespace fit::media
