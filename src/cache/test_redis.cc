#include "cache/test_redis.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <stdexcept>

namespace fit::cache {
namespace {

constexpr const char* kProgram = "/usr/bin/redis-server";

}  // namespace

bool TestRedis::is_installed() {
  return std::filesystem::exists(kProgram);
}

void TestRedis::start() {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const std::string folder = folder_.path().string();
  const std::string path = socket();
  const char* const append_only = persistence_ == Persistence::kNone ? "no" : "yes";
  process_ = ::fork();
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(pipe[1], STDOUT_FILENO);
    ::execl(kProgram, kProgram, "--port", "0", "--unixsocket", path.c_str(), "--dir", folder.c_str(),
            "--save", "", "--appendonly", append_only, "--appendfsync", "always",
            static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(pipe[1]);
  output_ = pipe[0];
  std::string output;
  std::array<char, 4096> piece{};
  while (output.find("eady to accept connections") == std::string::npos) {
    const ssize_t count = ::read(output_, piece.data(), piece.size());
    if (count <= 0) throw std::runtime_error("redis-server did not start: " + output);
    output.append(piece.data(), static_cast<std::size_t>(count));
  }
}

void TestRedis::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  ::close(output_);
  process_ = -1;
}

void TestRedis::pause() const {
  ::kill(process_, SIGSTOP);
}

void TestRedis::resume() const {
  ::kill(process_, SIGCONT);
}

}  // namespace fit::cache
