#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ingest/assets/assets.h"
#include "media/video.h"

namespace fit::ingest {

// A decoded video: its facts, and the JPEG files of its frames, one for each of facts.frames.
struct VideoFiles {
  VideoFacts facts;
  std::vector<Bytes> files;
};

// Decodes a local video file (media::decode_video()) and encodes its frames. The frames have no perceptual
// hash and no vectors yet. Equal frames are one. The errors of media::decode_video(), naming `field`. Blocks.
Result<VideoFiles> video_files(std::string_view field, const std::filesystem::path& file,
                               const media::VideoLimits& limits);

}  // namespace fit::ingest
