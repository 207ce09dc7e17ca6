#include "media/decoder_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "media/decode_in_process.h"
#include "media/fd_channel.h"
#include "media/video_in_process.h"

namespace fit::media {
namespace {

// Memory besides the pixels: the libraries' tables and the stacks and caches of a few decoding threads.
constexpr std::uint64_t kProcessMemory = 256u << 20;
constexpr std::uint64_t kMemoryPerPixel = 24;  // planes, RGB and a copy, with up to 16 bits a channel

// Messages between the processes. Both sides are the same program, so they are sent as plain memory.
struct Request {
  bool is_video = false;
  bool header_only = false;
  int short_side = 0;
  Limits limits = {};  // of an image
  VideoFormat video_format = VideoFormat::kMp4;
  VideoLimits video_limits = {};
};
struct Pixels {
  int width = 0, height = 0;
  std::int64_t at_ms = 0;  // of a frame of a video
};
struct VideoReply {
  std::array<char, 32> codec{};
  int width = 0, height = 0, streams = 0;
  std::int64_t duration_ms = 0;
  bool has_sound = false;
  std::size_t poster = 0;
};
struct Reply {
  bool ok = false;
  ErrorCode code = ErrorCode::kInternal;
  ImageInfo info;
  VideoReply video;
  int pictures = 0;  // that follow one another in the pixels
  std::array<Pixels, kMaxVideoFrames> sizes{};
  std::array<char, 256> message{};
  std::array<char, 512> detail{};
};

[[maybe_unused]] std::uint64_t max_memory(const Request& request) {
  return request.is_video ? request.video_limits.max_memory
                          : kProcessMemory + kMemoryPerPixel * request.limits.max_pixels;
}

std::chrono::milliseconds max_time(const Request& request) {
  return request.is_video ? request.video_limits.max_time : request.limits.max_time;
}

template <class T>
ByteView bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

template <std::size_t N>
void copy_text(const std::string& text, std::array<char, N>& out) {
  std::memcpy(out.data(), text.data(), std::min(text.size(), N - 1));
}

// ---- in the child process of one file ----

void limit_this_process(const Request& request) {
  const auto set = [](auto resource, std::uint64_t value) {
    const rlimit limit{value, value};
    ::setrlimit(resource, &limit);
  };
  set(RLIMIT_CORE, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their shadow memory would count
  set(RLIMIT_DATA, max_memory(request));
#endif
  // When memory runs out, the kernel kills this process rather than the main one.
  if (const Fd score(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)); score) {
    [[maybe_unused]] const ssize_t written = ::write(score.get(), "1000", 4);
  }
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(max_time(request));
  const auto alarm = std::max<std::int64_t>(left.count(), 1000);
  const itimerval timer{{0, 0}, {alarm / 1'000'000, alarm % 1'000'000}};
  ::signal(SIGALRM, SIG_DFL);
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

// Appends the pixels of a picture to the memory file, and their size to the reply.
Result<void> add_picture(const Image& image, std::chrono::milliseconds at, Fd& pixels, Reply& reply) {
  if (!pixels) pixels = make_memory_file({});
  if (!pixels || !append_to_memory_file(pixels, std::as_bytes(std::span(image.rgb)))) {
    return internal("the decoded pixels could not be transferred", std::strerror(errno));
  }
  reply.sizes.at(static_cast<std::size_t>(reply.pictures)) = {image.width, image.height, at.count()};
  ++reply.pictures;
  return {};
}

Result<void> decode_image(const Request& request, int file, Fd& pixels, Reply& reply) {
  const auto size = static_cast<std::size_t>(::lseek(file, 0, SEEK_END));
  const void* data = size > 0 ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0) : nullptr;
  if (data == MAP_FAILED) return internal("the image could not be read", std::strerror(errno));
  const ByteView content(static_cast<const std::byte*>(data), size);
  if (request.header_only) {
    FIT_TRY(reply.info, probe_in_process({}, content, request.limits));
    return {};
  }
  FIT_TRY(const Image image, decode_in_process({}, content, request.short_side, request.limits));
  return add_picture(image, {}, pixels, reply);
}

void set_video_reply(const VideoInfo& info, VideoReply& reply) {
  copy_text(info.codec, reply.codec);
  reply.width = info.width;
  reply.height = info.height;
  reply.streams = info.streams;
  reply.duration_ms = info.duration.count();
  reply.has_sound = info.has_sound;
}

Result<void> decode_frames(const Request& request, int file, Fd& pixels, Reply& reply) {
  if (request.header_only) {
    FIT_TRY(const VideoInfo info, probe_video_in_process(file, request.video_format, request.video_limits));
    set_video_reply(info, reply.video);
    return {};
  }
  FIT_TRY(const VideoFrames video, decode_video_in_process(file, request.video_format, request.video_limits));
  set_video_reply(video.info, reply.video);
  reply.video.poster = video.poster;
  for (const VideoFrame& frame : video.frames) FIT_CHECK(add_picture(frame.image, frame.at, pixels, reply));
  return {};
}

void serve_request(const Request& request, int file, int channel) {
  limit_this_process(request);
  Fd pixels;
  Reply reply;
  try {
    const auto decoded = request.is_video ? decode_frames(request, file, pixels, reply)
                                          : decode_image(request, file, pixels, reply);
    reply.ok = decoded.has_value();
    if (!decoded) {
      reply.code = decoded.error().code;
      copy_text(decoded.error().message, reply.message);
      copy_text(decoded.error().detail, reply.detail);
    }
  } catch (const std::exception&) {
    return;  // out of memory; the caller treats a missing reply as a crash
  }
  const int fd = pixels.get();
  send_message(channel, bytes_of(reply), std::span(&fd, pixels ? 1 : 0));
}

// ---- in the parent of the child processes ----

// Moves `socket` to descriptor 3, closes all other inherited descriptors and resets signals.
void detach_from_main_process(int socket) {
  ::dup2(socket, 3);
  ::close_range(4, ~0u, 0);
  const int null_device = ::open("/dev/null", O_RDWR);
  for (int standard = 0; standard < 3; ++standard) ::dup2(null_device, standard);
  if (null_device > 3) ::close(null_device);
  ::prctl(PR_SET_NAME, "fit-decoders");
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2}) ::signal(signal, SIG_IGN);
  ::signal(SIGCHLD, SIG_IGN);  // children are reaped automatically; their exit status is not used
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Forks one child process for each request until the main process exits.
[[noreturn]] void run_parent(int socket) {
  detach_from_main_process(socket);
  bool started = false;
  for (;;) {
    Request request;
    const auto fds = receive_message(3, std::as_writable_bytes(std::span(&request, 1)));
    if (!fds) ::_exit(0);
    if (fds->size() != 2) continue;
    if (!started) started = static_cast<bool>(start_vips_in_process());
    if (::fork() == 0) {
      serve_request(request, (*fds)[0].get(), (*fds)[1].get());
      ::_exit(0);
    }
  }
}

// ---- in the main process ----

// The socket to the parent of the child processes; -1 before start_decoder_process(). Process-wide, like
// libvips.
std::atomic<int> parent_socket = -1;

Error with_field(std::string_view field, ErrorCode code, std::string message, std::string detail = {}) {
  return {code, std::move(message), std::string(field), std::move(detail)};
}

struct DecoderOutput {
  Reply reply;
  Fd pixels;
};

// Sends the open file to a new child process and waits for its reply.
Result<DecoderOutput> run_decoder(std::string_view field, int file, Request request) {
  request.limits.memory = nullptr;  // the budget exists in this process only
  request.video_limits.memory = nullptr;
  const std::string what = request.is_video ? "the video" : "the image";
  const auto deadline = std::chrono::steady_clock::now() + max_time(request);
  const auto unavailable = [&](const char* step) {
    return with_field(field, ErrorCode::kUnavailable, what + " cannot be decoded at the moment",
                      std::string(step) + ": " + std::strerror(errno));
  };
  auto [ours, theirs] = make_channel();
  if (!ours || file < 0) return unavailable("create a channel to a decoder");
  const std::array<int, 2> fds = {file, theirs.get()};
  if (!send_message(parent_socket, bytes_of(request), fds)) return unavailable("reach the decoders");
  theirs = Fd();  // closed here so that receive_message() ends when the decoder dies

  DecoderOutput output;
  auto pixels = receive_message(ours.get(), std::as_writable_bytes(std::span(&output.reply, 1)));
  if (!pixels && std::chrono::steady_clock::now() >= deadline) {
    return with_field(field, ErrorCode::kDeadlineExceeded, what + " took too long to decode");
  }
  if (!pixels) {
    return with_field(field, ErrorCode::kMalformed, what + " is broken or truncated", "its decoder died");
  }
  const Reply& reply = output.reply;
  if (!reply.ok) return with_field(field, reply.code, reply.message.data(), reply.detail.data());
  if (!pixels->empty()) output.pixels = std::move(pixels->front());
  return output;
}

// Reads the pixels of picture `index` of the output.
Result<Image> read_picture(const DecoderOutput& output, int index) {
  std::size_t offset = 0;
  const auto& sizes = output.reply.sizes;
  const auto bytes_of_picture = [](const Pixels& size) {
    return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * 3;
  };
  for (int i = 0; i < index; ++i) offset += bytes_of_picture(sizes.at(static_cast<std::size_t>(i)));
  const Pixels& size = sizes.at(static_cast<std::size_t>(index));
  Image image{size.width, size.height, std::vector<std::uint8_t>(bytes_of_picture(size))};
  for (std::size_t at = 0; at < image.rgb.size();) {
    const ssize_t read =
        ::pread(output.pixels.get(), &image.rgb[at], image.rgb.size() - at, static_cast<off_t>(offset + at));
    if (read <= 0) return internal("the decoded pixels could not be transferred", std::strerror(errno));
    at += static_cast<std::size_t>(read);
  }
  return image;
}

VideoInfo video_info_of(const VideoReply& reply, VideoFormat format) {
  return {.format = format,
          .codec = reply.codec.data(),
          .width = reply.width,
          .height = reply.height,
          .duration = std::chrono::milliseconds(reply.duration_ms),
          .streams = reply.streams,
          .has_sound = reply.has_sound};
}

}  // namespace

Result<void> start_decoder_process() {
  if (parent_socket >= 0) return {};
  auto [ours, theirs] = make_channel();
  if (!ours) return from_errno("create a channel to the image decoders", errno);
  // A double fork: the second process is not a child of this one, so this one does not have to reap it.
  const pid_t child = ::fork();
  if (child < 0) return from_errno("start the image decoders", errno);
  if (child == 0) {
    if (::fork() == 0) run_parent(theirs.get());
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  parent_socket = ::fcntl(ours.get(), F_DUPFD_CLOEXEC, 0);
  return {};
}

Result<ImageInfo> probe_isolated(std::string_view field, ByteView file, const Limits& limits) {
  FIT_TRY(const DecoderOutput output,
          run_decoder(field, make_memory_file(file).get(), {.header_only = true, .limits = limits}));
  return output.reply.info;
}

Result<Image> decode_isolated(std::string_view field, ByteView file, int short_side, const Limits& limits) {
  FIT_TRY(const DecoderOutput output,
          run_decoder(field, make_memory_file(file).get(), {.short_side = short_side, .limits = limits}));
  return read_picture(output, 0);
}

Result<VideoInfo> probe_video_isolated(std::string_view field, int file, VideoFormat format,
                                       const VideoLimits& limits) {
  FIT_TRY(
      const DecoderOutput output,
      run_decoder(field, file,
                  {.is_video = true, .header_only = true, .video_format = format, .video_limits = limits}));
  return video_info_of(output.reply.video, format);
}

Result<VideoFrames> decode_video_isolated(std::string_view field, int file, VideoFormat format,
                                          const VideoLimits& limits) {
  FIT_TRY(const DecoderOutput output,
          run_decoder(field, file, {.is_video = true, .video_format = format, .video_limits = limits}));
  VideoFrames video{.info = video_info_of(output.reply.video, format), .frames = {}};
  for (int i = 0; i < output.reply.pictures; ++i) {
    FIT_TRY(Image image, read_picture(output, i));
    const std::int64_t at_ms = output.reply.sizes.at(static_cast<std::size_t>(i)).at_ms;
    video.frames.push_back({.image = std::move(image), .at = std::chrono::milliseconds(at_ms)});
  }
  video.poster = output.reply.video.poster;
  return video;
}

}  // namespace fit::media
