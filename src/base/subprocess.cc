#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/fd.h"
#include "base/format.h"

extern char** environ;

namespace fit {
namespace {

constexpr std::size_t kKeptBytes = 64 << 10;
constexpr int kStopCheckMilliseconds = 100;

std::vector<std::string> all_variables(const std::map<std::string, std::string>& added) {
  std::vector<std::string> variables;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string variable = *one;
    if (!added.contains(variable.substr(0, variable.find('=')))) variables.push_back(variable);
  }
  for (const auto& [name, value] : added) variables.push_back(fit::format("{}={}", name, value));
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

Result<pid_t> spawn(std::vector<std::string> command, const std::map<std::string, std::string>& environment,
                    int errors) {
  auto variables = all_variables(environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  pid_t child = -1;
  const int failed = posix_spawnp(&child, command.front().c_str(), &actions, nullptr,
                                  pointers(command).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT) return not_found(fit::format("the program {} is not installed", command.front()));
  if (failed != 0) return from_errno(fit::format("start {}", command.front()), failed);
  return child;
}

// Reads until the pipe is closed, which happens when the program and all its children have ended.
std::string read_errors(int from, pid_t child, const std::stop_token& stop) {
  std::string text;
  bool told = false;
  for (;;) {
    if (stop.stop_requested() && !told) {
      ::kill(child, SIGTERM);
      told = true;
    }
    pollfd look{.fd = from, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&look, 1, kStopCheckMilliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    std::array<char, 4096> piece{};
    const ssize_t count = ::read(from, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (text.size() > kKeptBytes) text.erase(0, text.size() - kKeptBytes);
  }
}

}  // namespace

Result<SubprocessResult> run_program(const std::vector<std::string>& command,
                                     const std::map<std::string, std::string>& environment,
                                     const std::stop_token& stop) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return from_errno("pipe", errno);
  const Fd from(ends[0]);
  Fd to(ends[1]);
  FIT_TRY(const pid_t child, spawn(command, environment, to.get()));
  to.close();
  SubprocessResult result;
  result.errors = read_errors(from.get(), child, stop);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (stop.stop_requested()) return cancelled();
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace fit
