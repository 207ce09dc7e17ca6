#pragma once

#include "media/image.h"
#include "media/video.h"

namespace fit::media {

// Decoding isolated in child processes, one per file: a decoder that crashes or exhausts its memory becomes
// an Error of the calling process, and one that takes too long is killed. (Debian's libheif and libde265 call
// abort() on some broken files and trust contradictory sizes in a file; decoders of whole frames cannot be
// interrupted.)

// Starts the parent of the child processes: a fork of this process that waits for files. It closes all
// inherited descriptors, ignores termination signals and exits when this process does. Call it while the
// process has one thread. Further calls have no effect. kInternal when a system call fails.
Result<void> start_decoder_process();

// probe() and decode() in a child process. The child may use memory in proportion to limits.max_pixels and is
// killed at limits.max_time. The cost over decode_in_process() is about 1 ms, and 1 ms for each 4 megapixels.
// Errors are those of probe() and decode(); kUnavailable when no child process can be made. Thread-safe; the
// calls block.
Result<ImageInfo> probe_isolated(std::string_view field, ByteView file, const Limits& limits);
Result<Image> decode_isolated(std::string_view field, ByteView file, int short_side, const Limits& limits);

// probe_video() and decode_video() of the open file `file` in a child process, which may use
// limits.max_memory and is killed at limits.max_time. limits.max_frames must be 1 to kMaxVideoFrames. Errors
// are those of the file's content; kUnavailable when no child process can be made. Thread-safe; the calls
// block.
Result<VideoInfo> probe_video_isolated(std::string_view field, int file, VideoFormat format,
                                       const VideoLimits& limits);
Result<VideoFrames> decode_video_isolated(std::string_view field, int file, VideoFormat format,
                                          const VideoLimits& limits);

}  // namespace fit::media
