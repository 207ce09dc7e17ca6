#include "embed/ort_runtime.h"

#include <dlfcn.h>
#include <fcntl.h>
#define ORT_API_MANUAL_INIT
#include <onnxruntime/onnxruntime_cxx_api.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <format>
#include <mutex>
#include <string>
#include <string_view>

namespace fit::embed {
namespace {

// Sends file descriptor 2 into memory for its lifetime, then passes on what does not belong to the schema
// noise.
class HeldBackStderr {
 public:
  HeldBackStderr()
      : saved_(::fcntl(2, F_DUPFD_CLOEXEC, 3)), memory_(::memfd_create("fit-stderr", MFD_CLOEXEC)) {
    if (saved_ >= 0 && memory_ >= 0) held_ = ::dup2(memory_, 2) == 2;
  }
  ~HeldBackStderr() {
    if (held_) {
      ::dup2(saved_, 2);
      pass_on();
    }
    if (saved_ >= 0) ::close(saved_);
    if (memory_ >= 0) ::close(memory_);
  }
  HeldBackStderr(const HeldBackStderr&) = delete;
  HeldBackStderr& operator=(const HeldBackStderr&) = delete;

 private:
  void pass_on() const {
    std::string text;
    std::array<char, 65536> block{};
    ::lseek(memory_, 0, SEEK_SET);
    for (ssize_t count = 0; (count = ::read(memory_, block.data(), block.size())) > 0;) {
      text.append(block.data(), static_cast<std::size_t>(count));
    }
    std::string kept;
    bool after_noise = false;
    for (std::string_view rest = text; !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size() - 1) + 1;
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end);
      const bool noise = line.starts_with("Schema error: ") || (after_noise && line == "\n");
      if (!noise) kept += line;
      after_noise = noise;
    }
    if (!kept.empty()) [[maybe_unused]]
      const ssize_t ignored = ::write(2, kept.data(), kept.size());
  }

  int saved_;
  int memory_;
  bool held_ = false;
};

// The smallest model: y = Identity(x), both float scalars in a list of unknown shape (ONNX ModelProto, IR
// version 8, opset 13).
constexpr unsigned char kSmallestModel[] = {
    0x08, 8,    0x42, 2,   0x10, 13,  0x3a, 51,  0x0a, 16,  0x0a, 1,    'x',  0x12, 1,
    'y',  0x22, 8,    'I', 'd',  'e', 'n',  't', 'i',  't', 'y',  0x12, 1,    'g',  0x5a,
    13,   0x0a, 1,    'x', 0x12, 8,   0x0a, 6,   0x08, 1,   0x12, 2,    0x0a, 0,    0x62,
    13,   0x0a, 1,    'y', 0x12, 8,   0x0a, 6,   0x08, 1,   0x12, 2,    0x0a, 0};

// Registers the operators; whether the session can be made does not matter.
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
  const HeldBackStderr held_back;
  void* library = nullptr;
  std::string problem;
  for (const std::string& name : {std::format("libonnxruntime.so.1.{}", ORT_API_VERSION),
                                  std::string("libonnxruntime.so.1"), std::string("libonnxruntime.so")}) {
    library = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) break;
    if (problem.empty()) problem = ::dlerror();
  }
  const auto unavailable = [](std::string detail) {
    return Error{ErrorCode::kUnavailable,
                 "ONNX Runtime (libonnxruntime) is not installed or does not fit",
                 {},
                 std::move(detail)};
  };
  if (library == nullptr) return unavailable(problem);
  using GetBase = const OrtApiBase* (*)();
  const auto get_base = reinterpret_cast<GetBase>(::dlsym(library, "OrtGetApiBase"));
  const OrtApi* api = get_base == nullptr ? nullptr : get_base()->GetApi(ORT_API_VERSION);
  if (api == nullptr) return unavailable(std::format("it has no API version {}", ORT_API_VERSION));
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
