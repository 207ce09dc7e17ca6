#pragma once

#include <memory>
#include <string>

#include "media/video.h"

extern "C" {
#include <libavformat/avformat.h>
}

namespace fit::media {

struct AvInputDeleter {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};

// The demuxed file of a video, which is read through one descriptor: nothing that the file names is opened.
// Not thread-safe.
class AvInput {
 public:
  // Reads the header and checks it against the limits. `fd` must outlive the object. The errors of
  // probe_video() without a field.
  static Result<std::unique_ptr<AvInput>> open(int fd, VideoFormat format, const VideoLimits& limits);
  ~AvInput();
  AvInput(const AvInput&) = delete;
  AvInput& operator=(const AvInput&) = delete;

  AVFormatContext* context() { return context_.get(); }
  AVStream* pictures() { return context_->streams[pictures_]; }
  const VideoInfo& info() const { return info_; }
  // How the pixels are turned to be upright, as an EXIF orientation.
  int orientation() const { return orientation_; }

 private:
  // The file, and what FFmpeg's messages say of it.
  struct Source {
    int fd = -1;
    std::int64_t size_bytes = 0;
    std::int64_t position = 0;
    bool has_too_many_streams = false;
  };

  AvInput() = default;
  Result<void> open_file(VideoFormat format, const VideoLimits& limits);
  Result<void> find_pictures(const VideoLimits& limits);
  static int read(void* source, std::uint8_t* buffer, int size);
  static std::int64_t seek(void* source, std::int64_t offset, int whence);
  static void note_message(void* object, int level, const char* format, va_list arguments);

  Source source_;
  AVIOContext* io_ = nullptr;
  std::unique_ptr<AVFormatContext, AvInputDeleter> context_;
  int pictures_ = -1;
  int orientation_ = 1;
  VideoInfo info_;
};

// The size of a frame of these pixels as it is shown: with square pixels, and upright.
struct ShownSize {
  int width = 0;
  int height = 0;
};
ShownSize shown_size(int width, int height, AVRational pixel_shape, int orientation);

// The Error for an error of FFmpeg: kTooLarge when memory ran out, kMalformed otherwise.
Error av_failure(int code);

// The Error for a video of this length.
Error too_long(std::chrono::milliseconds duration, const VideoLimits& limits);

}  // namespace fit::media
