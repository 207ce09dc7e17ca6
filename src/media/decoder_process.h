#pragma once

#include "media/image.h"

namespace fit::media {

// probe() and decode() in a process that is made for the one file, so that whatever the decoder does there
// (Debian's libheif and libde265 answer some broken files with abort(), and believe sizes that a file gives
// twice and differently) ends as an Error here. It may use memory in proportion to limits.max_pixels and dies
// at limits.max_time. About 1 ms slower than decode_here(), and 1 ms for each 4 megapixels. Errors as for
// probe() and decode(); kUnavailable when the processes cannot be made.

// Starts the parent of those processes: a fork of this one that waits for files. It keeps nothing open of
// this process, ignores signals meant for it and ends when this process does. Call while there is one thread.
Result<void> start_decoder_process();

Result<ImageInfo> probe_apart(std::string_view field, ByteView file, const Limits& limits);
Result<Image> decode_apart(std::string_view field, ByteView file, int short_side, const Limits& limits);

}  // namespace fit::media
