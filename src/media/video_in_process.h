#pragma once

#include "media/video.h"

namespace fit::media {

// probe_video() and decode_video() of the open file `fd` in the calling process, which a hostile file may
// crash: only decoder processes call them. Errors do not name a field.
Result<VideoInfo> probe_video_in_process(int fd, VideoFormat format, const VideoLimits& limits);
Result<VideoFrames> decode_video_in_process(int fd, VideoFormat format, const VideoLimits& limits);

}  // namespace fit::media
