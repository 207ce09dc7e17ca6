#pragma once

#include "media/image.h"

namespace fit::media {

// probe() and decode() in the calling process, for every format. A hostile AVIF or HEIC file can abort the
// process; see decoder_process.h. Thread-safe; the calls block.
Result<ImageInfo> probe_in_process(std::string_view field, ByteView file, const Limits& limits);
Result<Image> decode_in_process(std::string_view field, ByteView file, int short_side, const Limits& limits);

// Initialises libvips in this process. Further calls have no effect. kInternal when libvips cannot start.
Result<void> start_vips_in_process();

}  // namespace fit::media
