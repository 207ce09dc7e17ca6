#pragma once

#include "media/image.h"

namespace fit::media {

// probe() and decode() in this process whatever the format is. A hostile AVIF or HEIC file can end the
// process.
Result<ImageInfo> probe_here(std::string_view field, ByteView file, const Limits& limits);
Result<Image> decode_here(std::string_view field, ByteView file, int short_side, const Limits& limits);

// Initialises libvips in this process; again: no effect.
Result<void> start_vips_here();

}  // namespace fit::media
