#include "media/video.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "base/format.h"
#include "media/decoder_process.h"
#include "media/fd_channel.h"
#include "media/vips_pixels.h"

namespace fit::media {
namespace {

// An open video file, and the memory that its decoding may use.
struct OpenVideo {
  Fd file;
  VideoFormat format = VideoFormat::kMp4;
  ByteBudget::Lease memory = {};
};

Result<VideoFormat> detect(std::string_view field, const Fd& file, std::uint64_t size_bytes) {
  if (size_bytes == 0) return malformed(std::string(field), "the video is empty");
  std::array<std::byte, kFormatBytes> beginning{};
  const ssize_t count = ::pread(file.get(), beginning.data(), beginning.size(), 0);
  if (count < 0) return from_errno("read the video", errno);
  if (const auto format = sniff_video_format(ByteView(beginning).first(static_cast<std::size_t>(count)))) {
    return *format;
  }
  return Error{
      ErrorCode::kUnsupportedMedia, "must be an MP4, MOV, WebM or MKV video", std::string(field), {}};
}

Result<ByteBudget::Lease> reserve(std::string_view field, const VideoLimits& limits) {
  if (limits.memory == nullptr) return ByteBudget::Lease();
  // A budget below the need of one video admits one at a time.
  const std::uint64_t bytes = std::min(limits.max_memory, limits.memory->limit_bytes());
  auto lease = limits.memory->take_until(bytes, std::chrono::steady_clock::now() + limits.max_wait);
  if (lease) return *std::move(lease);
  return Error{ErrorCode::kTooManyRequests,
               "too many files are being decoded; try again soon",
               std::string(field),
               {}};
}

Result<OpenVideo> open_video(std::string_view field, const std::filesystem::path& path,
                             const VideoLimits& limits) {
  FIT_CHECK(check_vips_started());
  if (limits.max_frames < 1 || limits.max_frames > kMaxVideoFrames) {
    return invalid("max_frames", fit::format("must be between 1 and {}", kMaxVideoFrames));
  }
  OpenVideo video{.file = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))};
  struct stat status{};
  if (!video.file || ::fstat(video.file.get(), &status) != 0) {
    Error error = from_errno("open " + path.string(), errno);
    error.field = field;
    return error;
  }
  if (!S_ISREG(status.st_mode)) return invalid(std::string(field), "is not a regular file");
  const auto size_bytes = static_cast<std::uint64_t>(status.st_size);
  if (size_bytes > limits.max_bytes) {
    return Error{ErrorCode::kTooLarge,
                 fit::format("the video has {} bytes; at most {} are allowed", size_bytes, limits.max_bytes),
                 std::string(field),
                 {}};
  }
  FIT_TRY(video.format, detect(field, video.file, size_bytes));
  FIT_TRY(video.memory, reserve(field, limits));
  return video;
}

}  // namespace

Result<VideoInfo> probe_video(std::string_view field, const std::filesystem::path& file,
                              const VideoLimits& limits) {
  FIT_TRY(const OpenVideo video, open_video(field, file, limits));
  return probe_video_isolated(field, video.file.get(), video.format, limits);
}

Result<VideoFrames> decode_video(std::string_view field, const std::filesystem::path& file,
                                 const VideoLimits& limits) {
  FIT_TRY(const OpenVideo video, open_video(field, file, limits));
  return decode_video_isolated(field, video.file.get(), video.format, limits);
}

}  // namespace fit::media
