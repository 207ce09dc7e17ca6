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

namespace fit::media {
namespace {

// Memory besides the pixels: the libraries' tables and the stacks and caches of a few decoding threads.
constexpr std::uint64_t kBaseMemory = 256u << 20;
constexpr std::uint64_t kMemoryPerPixel = 24;  // planes, RGB and a copy, with up to 16 bits a channel

// Messages between the processes. Both sides are the same program, so they are sent as plain memory.
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

// ---- in the child process of one file ----

void limit_this_process(const Limits& limits) {
  const auto set = [](auto resource, std::uint64_t value) {
    const rlimit limit{value, value};
    ::setrlimit(resource, &limit);
  };
  set(RLIMIT_CORE, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their shadow memory would count
  set(RLIMIT_DATA, kBaseMemory + kMemoryPerPixel * limits.max_pixels);
#endif
  // When memory runs out, the kernel kills this process rather than the main one.
  if (const Fd score(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)); score) {
    [[maybe_unused]] const ssize_t written = ::write(score.get(), "1000", 4);
  }
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(limits.max_time);
  const auto alarm = std::max<std::int64_t>(left.count(), 1000);
  const itimerval timer{{0, 0}, {alarm / 1'000'000, alarm % 1'000'000}};
  ::signal(SIGALRM, SIG_DFL);
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

Reply decode_request(const Request& request, ByteView file, Fd& pixels) {
  Reply reply;
  const auto fail = [&](const Error& error) {
    reply.code = error.code;
    copy_text(error.message, reply.message);
    copy_text(error.detail, reply.detail);
    return reply;
  };
  if (request.header_only) {
    const auto info = probe_in_process({}, file, request.limits);
    if (!info) return fail(info.error());
    reply.info = *info;
  } else {
    const auto image = decode_in_process({}, file, request.short_side, request.limits);
    if (!image) return fail(image.error());
    reply.width = image->width;
    reply.height = image->height;
    pixels = make_memory_file(std::as_bytes(std::span(image->rgb)));
    if (!pixels) return fail(internal("the decoded image could not be transferred", std::strerror(errno)));
  }
  reply.ok = true;
  return reply;
}

void serve_request(const Request& request, int memory, int channel) {
  limit_this_process(request.limits);
  const auto size = static_cast<std::size_t>(::lseek(memory, 0, SEEK_END));
  const void* data = size > 0 ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, memory, 0) : nullptr;
  if (data == MAP_FAILED) return;
  Fd pixels;
  Reply reply;
  try {
    reply = decode_request(request, {static_cast<const std::byte*>(data), size}, pixels);
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

// Sends the file to a new child process and waits for its reply.
Result<DecoderOutput> run_decoder(std::string_view field, ByteView file, Request request) {
  request.limits.memory = nullptr;  // the budget exists in this process only
  const auto deadline = std::chrono::steady_clock::now() + request.limits.max_time;
  const auto unavailable = [&](const char* what) {
    return with_field(field, ErrorCode::kUnavailable, "the image cannot be decoded at the moment",
                      std::string(what) + ": " + std::strerror(errno));
  };
  auto [ours, theirs] = make_channel();
  const Fd memory = make_memory_file(file);
  if (!ours || !memory) return unavailable("create a channel to a decoder");
  const std::array<int, 2> fds = {memory.get(), theirs.get()};
  if (!send_message(parent_socket, bytes_of(request), fds)) return unavailable("reach the decoders");
  theirs = Fd();  // closed here so that receive_message() ends when the decoder dies

  DecoderOutput output;
  auto pixels = receive_message(ours.get(), std::as_writable_bytes(std::span(&output.reply, 1)));
  if (!pixels && std::chrono::steady_clock::now() >= deadline) {
    return with_field(field, ErrorCode::kDeadlineExceeded, "the image took too long to decode");
  }
  if (!pixels) {
    return with_field(field, ErrorCode::kMalformed, "the image is broken or truncated", "its decoder died");
  }
  const Reply& reply = output.reply;
  if (!reply.ok) return with_field(field, reply.code, reply.message.data(), reply.detail.data());
  if (!pixels->empty()) output.pixels = std::move(pixels->front());
  return output;
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
  FIT_TRY(const DecoderOutput output, run_decoder(field, file, {.header_only = true, .limits = limits}));
  return output.reply.info;
}

Result<Image> decode_isolated(std::string_view field, ByteView file, int short_side, const Limits& limits) {
  FIT_TRY(const DecoderOutput output, run_decoder(field, file, {.short_side = short_side, .limits = limits}));
  Image image{output.reply.width, output.reply.height, {}};
  image.rgb.resize(static_cast<std::size_t>(image.width) * image.height * 3);
  for (std::size_t at = 0; at < image.rgb.size();) {
    const ssize_t read =
        ::pread(output.pixels.get(), &image.rgb[at], image.rgb.size() - at, static_cast<off_t>(at));
    if (read <= 0) return internal("the decoded image could not be transferred", std::strerror(errno));
    at += static_cast<std::size_t>(read);
  }
  return image;
}

}  // namespace fit::media
