#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_budget.h"
#include "base/bytes.h"
#include "base/result.h"
#include "media/image.h"

namespace fit::media {

// The containers of videos that probe_video() and decode_video() accept.
enum class VideoFormat { kMp4, kMov, kWebm, kMatroska };

std::string_view to_string(VideoFormat format);  // "mp4", "mov", "webm", "mkv"
std::string_view mime_type(VideoFormat format);  // "video/mp4", ...

// The container that the beginning of a file states, its first kFormatBytes; nullopt for all other types,
// images among them.
std::optional<VideoFormat> sniff_video_format(ByteView beginning);

// The facts of a video.
struct VideoInfo {
  VideoFormat format = VideoFormat::kMp4;
  std::string codec;  // "h264", "hevc", "vp9", ...
  // Of a frame as it is shown: upright, with square pixels. 0 when nothing was decoded and the header leaves
  // the size to the decoder, as for MPEG-4 and H.263 in MP4 and MOV.
  int width = 0;
  int height = 0;
  std::chrono::milliseconds duration{0};  // 0 when the header does not state it and nothing was decoded
  int streams = 0;                        // of pictures, sound and texts together
  bool has_sound = false;
};

// A frame of a video.
struct VideoFrame {
  Image image;                      // upright, with square pixels
  std::chrono::milliseconds at{0};  // since the beginning
};

// The frames that stand for a video.
struct VideoFrames {
  VideoInfo info;
  std::vector<VideoFrame> frames;  // at least one, in the order of time
  std::size_t poster = 0;          // the index of the frame that stands for all: that of the longest scene
};

inline constexpr int kMaxVideoFrames = 16;

// Limits of probe_video() and decode_video().
struct VideoLimits {
  std::uint64_t max_bytes = std::uint64_t{4} << 30;  // size of the file
  std::chrono::milliseconds max_duration{600'000};
  std::uint64_t max_pixels = 36'000'000;  // width * height of a frame
  int max_streams = 32;
  int max_frames = 8;                          // frames of the result, 1 to kMaxVideoFrames
  int max_frame_side = 1920;                   // larger frames are reduced to this width or height
  std::chrono::milliseconds max_time{60'000};  // of decoding; then kDeadlineExceeded
  std::uint64_t max_memory = 768u << 20;       // of the process that decodes

  // The memory budget that the call reserves max_memory of, waiting for it up to max_wait; null: none.
  ByteBudget* memory = nullptr;
  std::chrono::milliseconds max_wait{10'000};
};

// Reads the header of a local video file, without decoding a frame. The type is detected from the content.
// Errors, all naming `field`: kNotFound; kUnsupportedMedia (no such container, no pictures but only sound, or
// a codec that is not decoded); kMalformed (broken or truncated); kTooLarge (over max_bytes, max_duration,
// max_pixels, max_streams or max_memory); kTooManyRequests (the memory was not available within max_wait);
// kDeadlineExceeded; kUnavailable when no child process can be made.
//
// FFmpeg reads the file in a child process of its own (decoder_process.h), which sees nothing but this file
// and is killed at max_time. start_vips() must have been called. Thread-safe; blocks.
Result<VideoInfo> probe_video(std::string_view field, const std::filesystem::path& file,
                              const VideoLimits& limits = {});

// Decodes a local video file and chooses frames: the sharpest of each scene, at most max_frames. A scene ends
// where the picture differs from its beginning; the most similar neighbouring scenes are joined when there
// are too many. Equal files and limits give equal frames. Of long or large videos, only key frames are
// decoded. Errors are those of probe_video(); a length that the header does not state is checked while
// decoding, and a file that ends before its pictures do is kMalformed.
Result<VideoFrames> decode_video(std::string_view field, const std::filesystem::path& file,
                                 const VideoLimits& limits = {});

}  // namespace fit::media
