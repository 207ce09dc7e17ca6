#include "embed/ort_runtime.h"

#include <dlfcn.h>
#include <fcntl.h>
#define ORT_API_MANUAL_INIT
#include <onnxruntime/onnxruntime_cxx_api.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <future>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/format.h"

namespace fit::embed {
namespace {

// ONNX Runtime reports each operator that libonnx has registered in three writes: this prefix, this sentence
// and an empty line. Lines of other threads may come between the three.
constexpr std::string_view kNoisePrefix = "Schema error: ";
constexpr std::string_view kNoiseSentence = "Trying to register schema with name ";

// Forwards lines from one file descriptor to another, except for the schema errors, until every writer has
// closed its end.
void relay_lines(int from, int to) {
  std::string text;
  std::array<char, 16384> block{};
  std::size_t empty_lines_to_drop = 0;
  const auto forward = [&](std::string_view line) {
    while (line.starts_with(kNoisePrefix)) line.remove_prefix(kNoisePrefix.size());
    if (line.starts_with(kNoiseSentence)) {
      ++empty_lines_to_drop;
      return;
    }
    if (line == "\n" && empty_lines_to_drop > 0) {
      --empty_lines_to_drop;
      return;
    }
    while (!line.empty()) {
      const ssize_t count = ::write(to, line.data(), line.size());
      if (count <= 0 && errno != EINTR) return;
      line.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
  };
  while (true) {
    const ssize_t count = ::read(from, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(block.data(), static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      forward(std::string_view(text).substr(begin, end + 1 - begin));
    }
    text.erase(0, begin);
  }
  forward(text);
  ::close(from);
  ::close(to);
}

// Routes file descriptor 2 through relay_lines() for its lifetime. The relay ends when the last writer closes
// the pipe. A child process that was forked meanwhile holds the pipe open as long as it lives, so the
// destructor waits for the relay for at most one second.
class FilteredStderr {
 public:
  FilteredStderr() {
    std::array<int, 2> pipe{};
    saved_ = ::fcntl(2, F_DUPFD_CLOEXEC, 3);
    const int to = ::fcntl(2, F_DUPFD_CLOEXEC, 3);
    if (saved_ < 0 || to < 0 || ::pipe2(pipe.data(), O_CLOEXEC) != 0) {
      if (to >= 0) ::close(to);
      return;
    }
    std::promise<void> ended;
    ended_ = ended.get_future();
    std::thread([from = pipe[0], to, ended = std::move(ended)]() mutable {
      relay_lines(from, to);
      ended.set_value();
    }).detach();
    ::dup2(pipe[1], 2);
    ::close(pipe[1]);
  }
  ~FilteredStderr() {
    if (ended_.valid()) {
      ::dup2(saved_, 2);
      ended_.wait_for(std::chrono::seconds(1));
    }
    if (saved_ >= 0) ::close(saved_);
  }
  FilteredStderr(const FilteredStderr&) = delete;
  FilteredStderr& operator=(const FilteredStderr&) = delete;

 private:
  int saved_ = -1;
  std::future<void> ended_;
};

// A minimal model, y = Identity(x), with float tensors of unknown shape (ONNX ModelProto, IR version 8, opset
// 13).
constexpr unsigned char kSmallestModel[] = {
    0x08, 8,    0x42, 2,   0x10, 13,  0x3a, 51,  0x0a, 16,  0x0a, 1,    'x',  0x12, 1,
    'y',  0x22, 8,    'I', 'd',  'e', 'n',  't', 'i',  't', 'y',  0x12, 1,    'g',  0x5a,
    13,   0x0a, 1,    'x', 0x12, 8,   0x0a, 6,   0x08, 1,   0x12, 2,    0x0a, 0,    0x62,
    13,   0x0a, 1,    'y', 0x12, 8,   0x0a, 6,   0x08, 1,   0x12, 2,    0x0a, 0};

// Makes ONNX Runtime register its operators. Errors are ignored.
void open_empty_session(const OrtApi& api) {
  OrtEnv* env = nullptr;
  OrtSessionOptions* options = nullptr;
  OrtSession* session = nullptr;
  const auto ok = [&](OrtStatus* status) {
    if (status == nullptr) return true;
    api.ReleaseStatus(status);
    return false;
  };
  if (ok(api.CreateEnv(ORT_LOGGING_LEVEL_FATAL, "fit", &env)) && ok(api.CreateSessionOptions(&options)) &&
      ok(api.SetIntraOpNumThreads(options, 1))) {
    ok(api.CreateSessionFromArray(env, kSmallestModel, sizeof kSmallestModel, options, &session));
  }
  if (session != nullptr) api.ReleaseSession(session);
  if (options != nullptr) api.ReleaseSessionOptions(options);
  if (env != nullptr) api.ReleaseEnv(env);
}

Result<const OrtApi*> load() {
  const FilteredStderr filtered;
  void* library = nullptr;
  std::string problem;
  for (const std::string& name : {fit::format("libonnxruntime.so.1.{}", ORT_API_VERSION),
                                  std::string("libonnxruntime.so.1"), std::string("libonnxruntime.so")}) {
    library = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) break;
    if (problem.empty()) problem = ::dlerror();
  }
  const auto unavailable = [](std::string detail) {
    return Error{ErrorCode::kUnavailable,
                 "ONNX Runtime (libonnxruntime) is not installed or has an incompatible version",
                 {},
                 std::move(detail)};
  };
  if (library == nullptr) return unavailable(problem);
  using GetBase = const OrtApiBase* (*)();
  const auto get_base = reinterpret_cast<GetBase>(::dlsym(library, "OrtGetApiBase"));
  const OrtApi* api = get_base == nullptr ? nullptr : get_base()->GetApi(ORT_API_VERSION);
  if (api == nullptr) return unavailable(fit::format("it has no API version {}", ORT_API_VERSION));
  open_empty_session(*api);
  return api;
}

}  // namespace

Result<const OrtApi*> load_onnxruntime() {
  static std::mutex mutex;
  static const OrtApi* loaded = nullptr;  // the library itself is one per process
  const std::lock_guard lock(mutex);
  if (loaded == nullptr) {
    FIT_TRY(loaded, load());
    Ort::InitApi(loaded);
  }
  return loaded;
}

}  // namespace fit::embed
