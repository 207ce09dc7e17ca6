#include "media/av_input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <tuple>

#include "base/format.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/mem.h>
}

namespace fit::media {
namespace {

constexpr int kBufferBytes = 64 << 10;
constexpr std::int64_t kProbeBytes = 4 << 20;
constexpr double kLeastPixelShape = 0.1;
constexpr double kMostPixelShape = 10;

Error unsupported(std::string message) {
  return {ErrorCode::kUnsupportedMedia, std::move(message), {}, {}};
}

Error too_large(std::string message) {
  return {ErrorCode::kTooLarge, std::move(message), {}, {}};
}

bool is_decoded(AVCodecID codec) {
  switch (codec) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_VP8:
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_AV1:
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_H263:
    case AV_CODEC_ID_MJPEG:
    case AV_CODEC_ID_PRORES:
      return true;
    default:
      return false;
  }
}

const char* demuxer_of(VideoFormat format) {
  return format == VideoFormat::kMp4 || format == VideoFormat::kMov ? "mov" : "matroska";
}

bool is_video(const AVStream& stream) {
  return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
         (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
}

bool is_sound(const AVStream& stream) {
  return stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
}

// The longest time that the header states, of the file or of one stream; 0 when it states none.
std::chrono::milliseconds stated_duration(const AVFormatContext& context) {
  double seconds = 0;
  if (context.duration != AV_NOPTS_VALUE) seconds = static_cast<double>(context.duration) / AV_TIME_BASE;
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const AVStream& stream = *context.streams[i];
    if (stream.duration == AV_NOPTS_VALUE) continue;
    seconds = std::max(seconds, static_cast<double>(stream.duration) * av_q2d(stream.time_base));
  }
  constexpr double kMost = 1e12;
  return std::chrono::milliseconds(std::llround(std::clamp(seconds, 0.0, kMost) * 1000));
}

// The EXIF orientation of a display matrix, which moves (x, y) to (ax + cy, bx + dy); 1 for other angles.
int orientation_of(const AVCodecParameters& parameters) {
  const AVPacketSideData* const data = av_packet_side_data_get(
      parameters.coded_side_data, parameters.nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
  if (data == nullptr || data->size < 9 * sizeof(std::int32_t)) return 1;
  std::array<std::int32_t, 9> matrix{};
  std::memcpy(matrix.data(), data->data, sizeof matrix);
  const auto [a, b, c, d] = std::tuple(matrix[0], matrix[1], matrix[3], matrix[4]);
  if (a == 0 && d == 0 && b != 0 && c != 0) {
    if (b > 0) return c < 0 ? 6 : 5;
    return c > 0 ? 8 : 7;
  }
  if (b != 0 || c != 0 || a == 0 || d == 0) return 1;
  if (a > 0) return d > 0 ? 1 : 4;
  return d > 0 ? 2 : 3;
}

}  // namespace

Error av_failure(int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  if (code == AVERROR(ENOMEM)) {
    return {ErrorCode::kTooLarge, "the video needs too much memory", {}, text.data()};
  }
  return {ErrorCode::kMalformed, "the video is broken or truncated", {}, text.data()};
}

Error too_long(std::chrono::milliseconds duration, const VideoLimits& limits) {
  const auto seconds = [](std::chrono::milliseconds time) { return (time.count() + 999) / 1000; };
  return too_large(fit::format("the video lasts {} seconds; at most {} are allowed", seconds(duration),
                               limits.max_duration.count() / 1000));
}

ShownSize shown_size(int width, int height, AVRational pixel_shape, int orientation) {
  double shape = pixel_shape.num > 0 && pixel_shape.den > 0 ? av_q2d(pixel_shape) : 1;
  if (shape < kLeastPixelShape || shape > kMostPixelShape) shape = 1;
  ShownSize size{width, height};
  if (shape > 1) size.width = static_cast<int>(std::lround(width * shape));
  if (shape < 1) size.height = static_cast<int>(std::lround(height / shape));
  if (orientation >= 5) std::swap(size.width, size.height);
  return size;
}

int AvInput::read(void* source, std::uint8_t* buffer, int size) {
  auto* const file = static_cast<Source*>(source);
  const ssize_t count = ::pread(file->fd, buffer, static_cast<std::size_t>(size), file->position);
  if (count < 0) return AVERROR(errno);
  if (count == 0) return AVERROR_EOF;
  file->position += count;
  return static_cast<int>(count);
}

std::int64_t AvInput::seek(void* source, std::int64_t offset, int whence) {
  auto* const file = static_cast<Source*>(source);
  if ((whence & AVSEEK_SIZE) != 0) return file->size_bytes;
  const int from = whence & ~AVSEEK_FORCE;
  if (from == SEEK_CUR) offset += file->position;
  if (from == SEEK_END) offset += file->size_bytes;
  if (offset < 0) return AVERROR(EINVAL);
  file->position = offset;
  return offset;
}

// FFmpeg tells that there are too many streams by a message only: its error is that of exhausted memory.
void AvInput::note_message(void* object, int, const char* format, va_list) {
  if (object == nullptr || std::strstr(format, "max_streams") == nullptr) return;
  if (*static_cast<AVClass**>(object) != avformat_get_class()) return;
  void* const source = static_cast<AVFormatContext*>(object)->opaque;
  if (source != nullptr) static_cast<Source*>(source)->has_too_many_streams = true;
}

Result<std::unique_ptr<AvInput>> AvInput::open(int fd, VideoFormat format, const VideoLimits& limits) {
  std::unique_ptr<AvInput> input(new AvInput);
  struct stat status{};
  if (::fstat(fd, &status) != 0) return from_errno("stat the video", errno);
  input->source_ = {.fd = fd, .size_bytes = status.st_size};
  av_log_set_callback(note_message);
  FIT_CHECK(input->open_file(format, limits));
  const AVFormatContext& context = *input->context_;
  if (input->source_.has_too_many_streams || std::cmp_greater(context.nb_streams, limits.max_streams)) {
    return too_large(
        fit::format("the video has too many streams; at most {} are allowed", limits.max_streams));
  }
  input->info_.format = format;
  input->info_.streams = static_cast<int>(context.nb_streams);
  input->info_.duration = stated_duration(context);
  if (input->info_.duration > limits.max_duration) return too_long(input->info_.duration, limits);
  FIT_CHECK(input->find_pictures(limits));
  return input;
}

AvInput::~AvInput() {
  context_.reset();
  if (io_ != nullptr) av_freep(static_cast<void*>(&io_->buffer));
  avio_context_free(&io_);
}

Result<void> AvInput::open_file(VideoFormat format, const VideoLimits& limits) {
  auto* const buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
  if (buffer == nullptr) return av_failure(AVERROR(ENOMEM));
  io_ = avio_alloc_context(buffer, kBufferBytes, 0, &source_, read, nullptr, seek);
  AVFormatContext* context = avformat_alloc_context();
  if (io_ == nullptr || context == nullptr) {
    avformat_free_context(context);
    return av_failure(AVERROR(ENOMEM));
  }
  context->pb = io_;
  context->flags |= AVFMT_FLAG_CUSTOM_IO;
  context->opaque = &source_;
  context->probesize = kProbeBytes;
  context->max_streams = limits.max_streams + 1;
  context->io_open = [](AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
    return AVERROR(EACCES);
  };
  // On failure this frees the context.
  const int opened = avformat_open_input(&context, "", av_find_input_format(demuxer_of(format)), nullptr);
  if (opened >= 0) context_.reset(context);
  if (source_.has_too_many_streams) {
    return too_large(
        fit::format("the video has too many streams; at most {} are allowed", limits.max_streams));
  }
  if (opened < 0) return av_failure(opened);
  return {};
}

// Chooses the stream of pictures and checks it.
Result<void> AvInput::find_pictures(const VideoLimits& limits) {
  const auto streams = std::span(context_->streams, context_->nb_streams);
  info_.has_sound = std::ranges::any_of(streams, [](const AVStream* one) { return is_sound(*one); });
  const auto found = std::ranges::find_if(streams, [](const AVStream* one) { return is_video(*one); });
  if (found == streams.end()) {
    if (info_.has_sound) return unsupported("the file has sound only, no pictures");
    return Error{ErrorCode::kMalformed, "the video is broken or truncated", {}, "no stream of pictures"};
  }
  pictures_ = static_cast<int>(found - streams.begin());
  const AVCodecParameters& parameters = *(*found)->codecpar;
  info_.codec = avcodec_get_name(parameters.codec_id);
  if (!is_decoded(parameters.codec_id)) {
    return unsupported(fit::format("the video's codec {} is not supported",
                                   parameters.codec_id == AV_CODEC_ID_NONE ? "(unknown)" : info_.codec));
  }
  const std::uint64_t pixels = static_cast<std::uint64_t>(std::max(0, parameters.width)) *
                               static_cast<std::uint64_t>(std::max(0, parameters.height));
  if (pixels > limits.max_pixels) {
    return too_large(fit::format("the video has {} x {} pixels; at most {} in all are allowed",
                                 parameters.width, parameters.height, limits.max_pixels));
  }
  orientation_ = orientation_of(parameters);
  const AVRational shape =
      (*found)->sample_aspect_ratio.num > 0 ? (*found)->sample_aspect_ratio : parameters.sample_aspect_ratio;
  const ShownSize size = shown_size(parameters.width, parameters.height, shape, orientation_);
  info_.width = size.width;
  info_.height = size.height;
  for (const AVStream* stream : streams) {
    // Packets of other streams are read for their times; those of attachments are not needed.
    if (!is_video(*stream) && !is_sound(*stream)) {
      context_->streams[stream->index]->discard = AVDISCARD_ALL;
    }
  }
  return {};
}

}  // namespace fit::media
