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

#include "media/decode_here.h"
#include "media/fd_channel.h"

namespace fit::media {
namespace {

// Besides the pixels: the libraries' tables, and the stacks and caches of a few decoding threads.
constexpr std::uint64_t kBaseMemory = 256u << 20;
constexpr std::uint64_t kMemoryPerPixel = 24;  // planes, RGB and a copy, at up to 16 bits

// Both sides are the same program, so the messages are plain memory.
struct Request {
  bool header_only = false;
  int short_side = 0;
  Limits limits;
};
struct Reply {
  bool ok = false;
  ErrorCode code = ErrorCode::kInternal;
  ImageInfo info;
  int width = 0, height = 0;
  std::array<char, 256> message{};
  std::array<char, 512> detail{};
};

template <class T>
ByteView bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

template <std::size_t N>
void copy_text(const std::string& text, std::array<char, N>& out) {
  std::memcpy(out.data(), text.data(), std::min(text.size(), N - 1));
}

// ---- in the process made for one file ----

void limit_this_process(const Limits& limits) {
  const auto set = [](auto resource, std::uint64_t value) {
    const rlimit limit{value, value};
    ::setrlimit(resource, &limit);
  };
  set(RLIMIT_CORE, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their shadow memory would count
  set(RLIMIT_DATA, kBaseMemory + kMemoryPerPixel * limits.max_pixels);
#endif
  // When memory runs out, the kernel ends this process rather than its grandparent.
  if (const Fd score(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)); score) {
    [[maybe_unused]] const ssize_t written = ::write(score.get(), "1000", 4);
  }
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(limits.max_time);
  const auto alarm = std::max<std::int64_t>(left.count(), 1000);
  const itimerval timer{{0, 0}, {alarm / 1'000'000, alarm % 1'000'000}};
  ::signal(SIGALRM, SIG_DFL);
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

Reply answer(const Request& request, ByteView file, Fd& pixels) {
  Reply reply;
  const auto refuse = [&](const Error& error) {
    reply.code = error.code;
    copy_text(error.message, reply.message);
    copy_text(error.detail, reply.detail);
    return reply;
  };
  if (request.header_only) {
    const auto info = probe_here({}, file, request.limits);
    if (!info) return refuse(info.error());
    reply.info = *info;
  } else {
    const auto image = decode_here({}, file, request.short_side, request.limits);
    if (!image) return refuse(image.error());
    reply.width = image->width;
    reply.height = image->height;
    pixels = make_memory(std::as_bytes(std::span(image->rgb)));
    if (!pixels) return refuse(internal("the image could not be passed on", std::strerror(errno)));
  }
  reply.ok = true;
  return reply;
}

void serve_one(const Request& request, int memory, int channel) {
  limit_this_process(request.limits);
  const auto size = static_cast<std::size_t>(::lseek(memory, 0, SEEK_END));
  const void* data = size > 0 ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, memory, 0) : nullptr;
  if (data == MAP_FAILED) return;
  Fd pixels;
  Reply reply;
  try {
    reply = answer(request, {static_cast<const std::byte*>(data), size}, pixels);
  } catch (const std::exception&) {
    return;  // out of memory: the same as a crash
  }
  const int fd = pixels.get();
  send_message(channel, bytes_of(reply), std::span(&fd, pixels ? 1 : 0));
}

// ---- in the process that makes them ----

void leave_everything_but(int socket) {
  ::dup2(socket, 3);
  ::close_range(4, ~0u, 0);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (int standard = 0; standard < 3; ++standard) ::dup2(nothing, standard);
  if (nothing > 3) ::close(nothing);
  ::prctl(PR_SET_NAME, "fit-decoders");
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2}) ::signal(signal, SIG_IGN);
  ::signal(SIGCHLD, SIG_IGN);  // nobody asks how the children ended
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void make_processes(int socket) {
  leave_everything_but(socket);
  bool started = false;
  for (;;) {
    Request request;
    const auto fds = receive_message(3, std::as_writable_bytes(std::span(&request, 1)));
    if (!fds) ::_exit(0);
    if (fds->size() != 2) continue;
    if (!started) started = static_cast<bool>(start_vips_here());
    if (::fork() == 0) {
      serve_one(request, (*fds)[0].get(), (*fds)[1].get());
      ::_exit(0);
    }
  }
}

// ---- in the calling process ----

// Process-wide like libvips itself: the way to the process that makes the others, -1 before it runs.
std::atomic<int> to_decoders = -1;

Error with_field(std::string_view field, ErrorCode code, std::string message, std::string detail = {}) {
  return {code, std::move(message), std::string(field), std::move(detail)};
}

struct SearchResults {
  Reply reply;
  Fd pixels;
};

Result<SearchResults> ask(std::string_view field, ByteView file, const Request& request) {
  const auto deadline = std::chrono::steady_clock::now() + request.limits.max_time;
  const auto unavailable = [&](const char* what) {
    return with_field(field, ErrorCode::kUnavailable, "AVIF and HEIC images cannot be read now",
                      std::string(what) + ": " + std::strerror(errno));
  };
  auto [ours, theirs] = make_channel();
  const Fd memory = make_memory(file);
  if (!ours || !memory) return unavailable("make a channel to a decoder");
  const std::array<int, 2> fds = {memory.get(), theirs.get()};
  if (!send_message(to_decoders, bytes_of(request), fds)) return unavailable("reach the decoders");
  theirs = Fd();  // so that the decoder's death is seen

  SearchResults answer;
  auto pixels = receive_message(ours.get(), std::as_writable_bytes(std::span(&answer.reply, 1)));
  if (!pixels && std::chrono::steady_clock::now() >= deadline) {
    return with_field(field, ErrorCode::kDeadlineExceeded, "the image took too long to decode");
  }
  if (!pixels) {
    return with_field(field, ErrorCode::kMalformed, "the image is broken or cut short", "its decoder died");
  }
  const Reply& reply = answer.reply;
  if (!reply.ok) return with_field(field, reply.code, reply.message.data(), reply.detail.data());
  if (!pixels->empty()) answer.pixels = std::move(pixels->front());
  return answer;
}

}  // namespace

Result<void> start_decoder_process() {
  if (to_decoders >= 0) return {};
  auto [ours, theirs] = make_channel();
  if (!ours) return from_errno("make a channel to the image decoders", errno);
  // Twice, so that the second is not this process's child and nobody here has to wait for its end.
  const pid_t child = ::fork();
  if (child < 0) return from_errno("start the image decoders", errno);
  if (child == 0) {
    if (::fork() == 0) make_processes(theirs.get());
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  to_decoders = ::fcntl(ours.get(), F_DUPFD_CLOEXEC, 0);
  return {};
}

Result<ImageInfo> probe_apart(std::string_view field, ByteView file, const Limits& limits) {
  FIT_TRY(const SearchResults answer, ask(field, file, {.header_only = true, .limits = limits}));
  return answer.reply.info;
}

Result<Image> decode_apart(std::string_view field, ByteView file, int short_side, const Limits& limits) {
  FIT_TRY(const SearchResults answer, ask(field, file, {.short_side = short_side, .limits = limits}));
  Image image{answer.reply.width, answer.reply.height, {}};
  image.rgb.resize(static_cast<std::size_t>(image.width) * image.height * 3);
  for (std::size_t at = 0; at < image.rgb.size();) {
    const ssize_t read =
        ::pread(answer.pixels.get(), &image.rgb[at], image.rgb.size() - at, static_cast<off_t>(at));
    if (read <= 0) return internal("the image could not be passed on", std::strerror(errno));
    at += static_cast<std::size_t>(read);
  }
  return image;
}

}  // namespace fit::media
