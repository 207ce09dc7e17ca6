#include "monitor/crash.h"

#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <ctime>
#include <ranges>
#include <string_view>

#include "base/files.h"
#include "base/format.h"
#include "base/text.h"
#include "base/trace.h"
#include "monitor/symbols.h"

namespace fit::monitor {
namespace {

constexpr std::array<int, 5> kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr int kMostFrames = 64;
constexpr std::size_t kMostModules = 256;
constexpr std::size_t kMostOfReport = 64 << 10;
constexpr std::string_view kEnd = ".crash";
constexpr std::string_view kProgram = "fit";

// A loaded file, as it was when the handlers were installed.
struct Module {
  std::array<char, 64> name{};  // cut off
  std::uintptr_t base = 0;
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

// What the handler uses. It is complete before the handlers are installed, and nothing is allocated later.
struct Prepared {
  std::array<char, 4096> folder{};
  std::array<char, 4096> unfinished{};
  std::array<char, 4096> finished{};
  std::array<char, 64> program{};  // identifies the file of the program
  std::array<Module, kMostModules> modules{};
  std::size_t module_count = 0;
};
Prepared prepared;  // NOLINT: a handler of signals reaches nothing else

template <std::size_t kSize>
void copy_text(std::array<char, kSize>& to, std::string_view text) {
  const std::size_t size = std::min(text.size(), kSize - 1);
  std::copy_n(text.begin(), size, to.begin());
  to[size] = '\0';
}

// Identifies the file of the running program: its size and its time.
std::string program_identity() {
  struct stat state{};
  if (stat("/proc/self/exe", &state) != 0) return "unknown";
  return fit::format("{}-{}-{}", state.st_size, state.st_mtim.tv_sec, state.st_mtim.tv_nsec);
}

int note_module(dl_phdr_info* info, std::size_t, void*) {
  if (prepared.module_count == kMostModules) return 1;
  Module& module = prepared.modules.at(prepared.module_count);
  const std::string_view path = info->dlpi_name == nullptr ? "" : info->dlpi_name;
  const std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  copy_text(module.name, name.empty() && prepared.module_count == 0 ? kProgram : name);
  module.base = info->dlpi_addr;
  for (const ElfW(Phdr) & part : std::span(info->dlpi_phdr, info->dlpi_phnum)) {
    if (part.p_type != PT_LOAD) continue;
    const std::uintptr_t begin = info->dlpi_addr + part.p_vaddr;
    if (module.begin == 0 || begin < module.begin) module.begin = begin;
    module.end = std::max(module.end, begin + part.p_memsz);
  }
  ++prepared.module_count;
  return 0;
}

// Writes lines with the means that a handler of signals may use.
class SignalFile {
 public:
  explicit SignalFile(int file) : file_(file) {}

  void text(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(file_, text.data(), text.size());
      if (written <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void hex(std::uint64_t number, std::size_t digits = 1) const {
    std::array<char, 16> buffer{};
    std::size_t used = 0;
    do {
      buffer.at(15 - used++) = "0123456789abcdef"[number & 15U];
      number >>= 4U;
    } while (number != 0 || used < digits);
    text({buffer.data() + 16 - used, used});
  }

 private:
  int file_;
};

void write_frame(const SignalFile& file, std::uintptr_t address) {
  for (std::size_t i = 0; i < prepared.module_count; ++i) {
    const Module& module = prepared.modules[i];
    if (address < module.begin || address >= module.end) continue;
    file.text("frame ");
    file.hex(address - module.base);
    file.text(" ");
    file.text(module.name.data());
    file.text("\n");
    return;
  }
}

void write_crash(int signal) {
  ::mkdir(prepared.folder.data(), 0700);
  const int descriptor = ::open(prepared.unfinished.data(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return;  // another thread writes its crash, or the disk is full
  const SignalFile file(descriptor);
  file.text("program ");
  file.text(prepared.program.data());
  file.text("\nsignal ");
  file.hex(static_cast<std::uint64_t>(signal));
  file.text("\ntime ");
  file.hex(static_cast<std::uint64_t>(::time(nullptr)));
  const TraceContext& trace = current_work().trace;
  file.text("\ntrace ");
  file.hex(trace.trace_high, 16);
  file.text(" ");
  file.hex(trace.trace_low, 16);
  file.text(" ");
  file.hex(trace.span, 16);
  file.text("\n");
  std::array<void*, kMostFrames> frames{};
  const int count = ::backtrace(frames.data(), kMostFrames);
  for (int i = 0; i < count; ++i) {
    write_frame(file, reinterpret_cast<std::uintptr_t>(frames.at(static_cast<std::size_t>(i))));
  }
  ::close(descriptor);
  ::rename(prepared.unfinished.data(), prepared.finished.data());
}

void on_crash(int signal) {
  write_crash(signal);
  ::raise(signal);  // whose handler is the default one again
}

// sigabbrev_np() of glibc names no signal that it does not know.
std::string signal_name(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  return name == nullptr ? fit::format("signal {}", signal) : fit::format("SIG{}", name);
}

std::uint64_t hex_value(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (const auto range : std::views::split(line, ' ')) words.emplace_back(range.begin(), range.end());
  return words;
}

// The frames of the handler itself are left out: those above the signal's frame, which belongs to libc.
void drop_handler(std::vector<StackFrame>& stack) {
  for (std::size_t i = 0; i < std::min<std::size_t>(stack.size(), 5); ++i) {
    if (stack[i].module.starts_with("libc.so")) {
      stack.erase(stack.begin(), stack.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      return;
    }
  }
}

// The innermost frame has the address of its instruction, the others the address behind their call.
void name_functions(std::vector<StackFrame>& stack, const Symbols& symbols) {
  std::uint64_t behind = 0;
  for (StackFrame& frame : stack) {
    if (frame.module == kProgram && frame.offset >= behind) {
      frame.function = symbols.function_at(frame.offset - behind);
    }
    behind = 1;
  }
}

ErrorReport parse_crash(std::string_view text, const Symbols* symbols) {
  ErrorReport report{.message = "the program has crashed", .is_crash = true};
  for (const auto range : std::views::split(text, '\n')) {
    const std::vector<std::string_view> words = words_of(std::string_view(range.begin(), range.end()));
    if (words.size() < 2) continue;
    if (words[0] == "signal") report.reason = signal_name(static_cast<int>(hex_value(words[1])));
    if (words[0] == "time") report.time = Timestamp(std::chrono::seconds(hex_value(words[1])));
    if (words[0] == "trace" && words.size() == 4) {
      report.trace = {
          .trace_high = hex_value(words[1]), .trace_low = hex_value(words[2]), .span = hex_value(words[3])};
    }
    if (words[0] != "frame" || words.size() < 3) continue;
    report.stack.push_back({.module = std::string(words[2]), .offset = hex_value(words[1])});
  }
  drop_handler(report.stack);
  if (symbols != nullptr) name_functions(report.stack, *symbols);
  return report;
}

}  // namespace

void record_crashes(const std::filesystem::path& folder) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static_cast<void>(folder);
#else
  std::error_code ignored;
  const std::filesystem::path place = std::filesystem::absolute(folder, ignored);
  const std::string name = fit::format("{:x}-{}", ::time(nullptr), ::getpid());
  copy_text(prepared.folder, place.string());
  copy_text(prepared.unfinished, (place / (name + ".part")).string());
  copy_text(prepared.finished, (place / (name + std::string(kEnd))).string());
  copy_text(prepared.program, program_identity());
  prepared.module_count = 0;
  ::dl_iterate_phdr(&note_module, nullptr);
  std::array<void*, 4> frames{};
  ::backtrace(frames.data(), static_cast<int>(frames.size()));  // loads what it needs now and not in a crash
  struct sigaction action{};
  action.sa_handler = &on_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : kSignals) ::sigaction(signal, &action, nullptr);
#endif
}

std::vector<ErrorReport> take_crashes(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().string().ends_with(kEnd)) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::optional<Symbols> symbols;
  std::vector<ErrorReport> crashes;
  for (const std::filesystem::path& file : files) {
    std::filesystem::path taken = file;
    taken += fit::format(".{}", ::getpid());
    std::filesystem::rename(file, taken, error);
    if (error) continue;  // another process has taken it
    const auto content = read_file(taken, kMostOfReport);
    std::filesystem::remove(taken, error);
    if (!content) continue;
    const std::string_view text = as_text(*content);
    const bool is_same = text.starts_with(fit::format("program {}\n", program_identity()));
    if (is_same && !symbols) {
      if (auto read = Symbols::read("/proc/self/exe")) symbols = *std::move(read);
    }
    crashes.push_back(parse_crash(text, is_same && symbols ? &*symbols : nullptr));
  }
  return crashes;
}

}  // namespace fit::monitor
