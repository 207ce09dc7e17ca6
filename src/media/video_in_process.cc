#include "media/video_in_process.h"

#include <algorithm>
#include <array>
#include <memory>

#include "base/format.h"
#include "media/av_input.h"
#include "media/orient.h"
#include "media/video_scenes.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>
}

namespace fit::media {
namespace {

using std::chrono::milliseconds;

constexpr int kThreads = 2;
constexpr int kSmallSide = 320;
constexpr int kLeastSide = 8;
constexpr milliseconds kSampling{100};  // between the frames that are compared
// Of videos with more pixels to decode than so many frames of 1920 x 1080, only key frames are decoded.
constexpr double kMostDecodedPixels = 1500.0 * 1920 * 1080;
constexpr double kAssumedFrameRate = 30;
constexpr double kAssumedPixels = 1920 * 1080;
// A file that lacks more of what its header states was truncated.
constexpr milliseconds kMostMissing{1000};
constexpr int kMostMissingShare = 10;

struct CodecDeleter {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FrameDeleter {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct PacketDeleter {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct ScalerDeleter {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

// The size that fits into a square of `side`, at least kLeastSide on the shorter side.
ShownSize fitted(ShownSize size, int side) {
  const int longest = std::max(size.width, size.height);
  if (longest <= side) return size;
  const auto scaled = [&](int length) {
    return std::max(kLeastSide, static_cast<int>(std::int64_t{length} * side / longest));
  };
  return {scaled(size.width), scaled(size.height)};
}

// Converts frames to upright sRGB pixels. Keeps its tables between frames of equal form.
class Scaler {
 public:
  Scaler(int side, int orientation) : side_(side), orientation_(orientation) {}

  Result<Image> convert(const AVFrame& frame) {
    const ShownSize size = fitted(shown_size(frame.width, frame.height, frame.sample_aspect_ratio, 1), side_);
    FIT_CHECK(prepare(frame, size));
    Image image{size.width, size.height, {}};
    image.rgb.resize(static_cast<std::size_t>(size.width) * size.height * 3);
    const std::array<std::uint8_t*, 4> out = {image.rgb.data(), nullptr, nullptr, nullptr};
    const std::array<int, 4> stride = {size.width * 3, 0, 0, 0};
    if (sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, out.data(), stride.data()) <=
        0) {
      return malformed({}, "the video is broken or truncated");
    }
    return apply_orientation(std::move(image), orientation_);
  }

 private:
  Result<void> prepare(const AVFrame& frame, ShownSize size) {
    SwsContext* const now = sws_getCachedContext(
        scaler_.release(), frame.width, frame.height, static_cast<AVPixelFormat>(frame.format), size.width,
        size.height, AV_PIX_FMT_RGB24, SWS_AREA | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr,
        nullptr);
    scaler_.reset(now);
    if (now == nullptr) {
      return Error{ErrorCode::kUnsupportedMedia, "the video's pixel format is not supported", {}, {}};
    }
    int colours = frame.colorspace;
    if (colours == AVCOL_SPC_UNSPECIFIED || colours == AVCOL_SPC_RGB) {
      colours = frame.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
    }
    sws_setColorspaceDetails(now, sws_getCoefficients(colours), frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0,
                             sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
    return {};
  }

  const int side_;
  const int orientation_;
  std::unique_ptr<SwsContext, ScalerDeleter> scaler_;
};

// Decodes the frames of one video.
class Decoding {
 public:
  Decoding(AvInput& input, const VideoLimits& limits)
      : input_(input),
        limits_(limits),
        deadline_(std::chrono::steady_clock::now() + limits.max_time),
        small_(kSmallSide, input.orientation()),
        full_(limits.max_frame_side, input.orientation()),
        scenes_(limits.max_frames) {}

  Result<VideoFrames> run() {
    FIT_CHECK(open_codec());
    FIT_CHECK(read_packets());
    FIT_CHECK(check_end());
    VideoFrames result{.info = input_.info(), .frames = {}};
    if (shown_.width > 0) {
      result.info.width = shown_.width;
      result.info.height = shown_.height;
    }
    if (result.info.duration == milliseconds(0)) result.info.duration = end_;
    if (samples_ == 0) return malformed({}, "the video is broken or truncated");
    result.frames = scenes_.take(result.poster);
    return result;
  }

 private:
  Result<void> open_codec() {
    const AVStream& stream = *input_.pictures();
    const AVCodec* const codec = avcodec_find_decoder(stream.codecpar->codec_id);
    codec_.reset(codec == nullptr ? nullptr : avcodec_alloc_context3(codec));
    if (!codec_) {
      return Error{ErrorCode::kUnsupportedMedia,
                   fit::format("the video's codec {} is not supported", input_.info().codec),
                   {},
                   {}};
    }
    if (const int copied = avcodec_parameters_to_context(codec_.get(), stream.codecpar); copied < 0) {
      return av_failure(copied);
    }
    codec_->thread_count = kThreads;
    codec_->max_pixels = static_cast<std::int64_t>(limits_.max_pixels);
    codec_->pkt_timebase = stream.time_base;
    if (is_costly(stream)) codec_->skip_frame = AVDISCARD_NONKEY;
    if (const int opened = avcodec_open2(codec_.get(), codec, nullptr); opened < 0) return av_failure(opened);
    return {};
  }

  bool is_costly(const AVStream& stream) const {
    const double seconds = static_cast<double>(input_.info().duration.count()) / 1000;
    double frames = static_cast<double>(stream.nb_frames);
    if (frames <= 0) {
      const double rate = stream.avg_frame_rate.den > 0 ? av_q2d(stream.avg_frame_rate) : 0;
      frames = seconds * (rate > 0 ? rate : kAssumedFrameRate);
    }
    const double pixels = static_cast<double>(stream.codecpar->width) * stream.codecpar->height;
    return frames * (pixels > 0 ? pixels : kAssumedPixels) > kMostDecodedPixels;
  }

  Result<void> read_packets() {
    const std::unique_ptr<AVPacket, PacketDeleter> packet(av_packet_alloc());
    if (!packet) return av_failure(AVERROR(ENOMEM));
    for (;;) {
      if (std::chrono::steady_clock::now() >= deadline_) {
        return Error{ErrorCode::kDeadlineExceeded, "the video took too long to decode", {}, {}};
      }
      const int read = av_read_frame(input_.context(), packet.get());
      if (read == AVERROR_EOF) return send(nullptr);
      if (read < 0) return av_failure(read);
      FIT_CHECK(note_end(*packet));
      const bool is_picture = packet->stream_index == input_.pictures()->index;
      Result<void> sent = is_picture ? send(packet.get()) : Result<void>();
      av_packet_unref(packet.get());
      FIT_CHECK(std::move(sent));
    }
  }

  milliseconds time_of(std::int64_t time, const AVStream& stream) const {
    const std::int64_t start = stream.start_time == AV_NOPTS_VALUE ? 0 : stream.start_time;
    if (time == AV_NOPTS_VALUE) return milliseconds(0);
    return milliseconds(av_rescale_q(time - start, stream.time_base, AVRational{1, 1000}));
  }

  // Notes up to which time there is content.
  Result<void> note_end(const AVPacket& packet) {
    const AVStream& stream = *input_.context()->streams[packet.stream_index];
    const std::int64_t begin = packet.pts == AV_NOPTS_VALUE ? packet.dts : packet.pts;
    if (begin == AV_NOPTS_VALUE) return {};
    end_ = std::max(end_, time_of(begin + packet.duration, stream));
    if (end_ > limits_.max_duration + kMostMissing) return too_long(end_, limits_);
    return {};
  }

  // A header that states more than the file has belongs to a file that was cut.
  Result<void> check_end() const {
    const milliseconds stated = input_.info().duration;
    if (stated - end_ > std::max(kMostMissing, stated / kMostMissingShare)) {
      return malformed({}, fit::format("the video is truncated: it lasts {} ms, and {} ms are there",
                                       stated.count(), end_.count()));
    }
    return {};
  }

  // Decodes a packet, or what is left in the decoder; a packet that cannot be decoded is left out.
  Result<void> send(const AVPacket* packet) {
    const int sent = avcodec_send_packet(codec_.get(), packet);
    if (sent == AVERROR(ENOMEM)) return av_failure(sent);
    if (!frame_) frame_.reset(av_frame_alloc());
    if (!frame_) return av_failure(AVERROR(ENOMEM));
    for (;;) {
      const int received = avcodec_receive_frame(codec_.get(), frame_.get());
      if (received == AVERROR(ENOMEM)) return av_failure(received);
      if (received < 0) return {};
      auto taken = take(*frame_);
      av_frame_unref(frame_.get());
      FIT_CHECK(std::move(taken));
    }
  }

  Result<void> take(const AVFrame& frame) {
    const milliseconds at =
        std::max(milliseconds(0), time_of(frame.best_effort_timestamp, *input_.pictures()));
    const bool is_damaged = (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0;
    if (is_damaged || std::min(frame.width, frame.height) < kLeastSide) return {};
    if (samples_ > 0 && at < next_sample_) return {};
    next_sample_ = at + kSampling;
    ++samples_;
    if (shown_.width == 0) {
      shown_ = shown_size(frame.width, frame.height, frame.sample_aspect_ratio, input_.orientation());
    }
    FIT_TRY(const Image small, small_.convert(frame));
    return scenes_.add(small, at, [&] { return full_.convert(frame); });
  }

  AvInput& input_;
  const VideoLimits& limits_;
  const std::chrono::steady_clock::time_point deadline_;
  std::unique_ptr<AVCodecContext, CodecDeleter> codec_;
  std::unique_ptr<AVFrame, FrameDeleter> frame_;
  Scaler small_;
  Scaler full_;
  SceneChooser scenes_;
  milliseconds next_sample_{0};
  milliseconds end_{0};
  ShownSize shown_;
  int samples_ = 0;
};

}  // namespace

Result<VideoInfo> probe_video_in_process(int fd, VideoFormat format, const VideoLimits& limits) {
  FIT_TRY(const auto input, AvInput::open(fd, format, limits));
  return input->info();
}

Result<VideoFrames> decode_video_in_process(int fd, VideoFormat format, const VideoLimits& limits) {
  FIT_TRY(const auto input, AvInput::open(fd, format, limits));
  return Decoding(*input, limits).run();
}

}  // namespace fit::media
