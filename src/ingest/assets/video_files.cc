#include "ingest/assets/video_files.h"

#include <algorithm>

#include "base/hash.h"

namespace fit::ingest {
namespace {

constexpr int kFrameQuality = 90;

}  // namespace

Result<VideoFiles> video_files(std::string_view field, const std::filesystem::path& file,
                               const media::VideoLimits& limits) {
  FIT_TRY(media::VideoFrames video, media::decode_video(field, file, limits));
  VideoFiles result;
  result.facts.width = video.info.width;
  result.facts.height = video.info.height;
  result.facts.duration = video.info.duration;
  result.facts.codec = video.info.codec;
  result.facts.has_sound = video.info.has_sound;
  std::vector<FrameWrite>& frames = result.facts.frames;
  for (std::size_t i = 0; i < video.frames.size(); ++i) {
    media::Image& image = video.frames[i].image;
    FIT_TRY(Bytes jpeg, media::encode_jpeg(image, std::max(image.width, image.height), kFrameQuality));
    AssetFrame frame{
        .sha256 = sha256_hex(jpeg), .at = video.frames[i].at, .width = image.width, .height = image.height};
    if (i == video.poster) result.facts.poster = frame.sha256;
    image = {};
    const bool is_known = std::ranges::any_of(
        frames, [&frame](const FrameWrite& one) { return one.frame.sha256 == frame.sha256; });
    if (is_known) continue;
    frames.push_back({.frame = std::move(frame)});
    result.files.push_back(std::move(jpeg));
  }
  return result;
}

}  // namespace fit::ingest
