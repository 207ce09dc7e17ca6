#pragma once

#include <vips/vips.h>

#include <memory>
#include <string>

#include "media/image.h"

namespace fit::media {

struct VipsUnref {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using VipsHandle = std::unique_ptr<VipsImage, VipsUnref>;

// What libvips last complained about, emptied. The buffer is the process's, so that with several threads at
// work a line of another may be among them: for logs only.
std::string take_vips_error();

// kInternal unless start_vips() was called.
Result<void> check_vips_started();

// Three bands of eight-bit sRGB: colour profiles applied, other colour spaces and depths converted,
// transparency laid on white. Builds a pipeline, computes nothing yet. nullptr on failure, see
// take_vips_error().
VipsHandle to_srgb(VipsHandle image);

// Runs the pipeline in this thread, strip by strip from the top, until `deadline`. `image` as made by
// to_srgb().
Result<Image> read_pixels(VipsImage* image, std::string_view field,
                          std::chrono::steady_clock::time_point deadline);

// Lends the pixels to libvips; `image` must outlive the handle and everything made from it.
// nullptr when the image has no pixels or another number than its size says.
VipsHandle lend_pixels(const Image& image);

}  // namespace fit::media
