#include "base/signal_watch.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <optional>

namespace fit {
namespace {

// The pipe that the watching thread reads. It is static because a signal handler can reach nothing else.
std::atomic<int> signal_pipe{-1};

extern "C" void forward_signal(int signal) {
  const auto byte = static_cast<unsigned char>(signal);
  const int pipe = signal_pipe.load();
  if (pipe >= 0) [[maybe_unused]]
    const ssize_t written = ::write(pipe, &byte, 1);
}

}  // namespace

struct SignalWatch::Former {
  struct sigaction term;
  struct sigaction interrupt;
  std::optional<struct sigaction> hangup;
};

SignalWatch::SignalWatch(std::function<void(int)> on_signal, std::function<void()> on_hangup)
    : former_(std::make_unique<Former>()) {
  if (::pipe2(pipe_, O_CLOEXEC) != 0) return;
  signal_pipe = pipe_[1];
  struct sigaction action{};
  action.sa_handler = forward_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGTERM, &action, &former_->term);
  ::sigaction(SIGINT, &action, &former_->interrupt);
  if (on_hangup) {
    action.sa_flags = static_cast<int>(SA_RESTART);
    ::sigaction(SIGHUP, &action, &former_->hangup.emplace());
  }
  thread_ =
      std::thread([reader = pipe_[0], on_signal = std::move(on_signal), on_hangup = std::move(on_hangup)] {
        unsigned char byte = 0;
        while (::read(reader, &byte, 1) == 1) {
          if (byte == 0) return;
          if (byte == SIGHUP) {
            on_hangup();
            continue;
          }
          ::signal(SIGTERM, SIG_DFL);
          ::signal(SIGINT, SIG_DFL);
          on_signal(byte);
        }
      });
}

SignalWatch::~SignalWatch() {
  if (!thread_.joinable()) return;
  signal_pipe = -1;
  const unsigned char end = 0;
  [[maybe_unused]] const ssize_t written = ::write(pipe_[1], &end, 1);
  thread_.join();
  ::close(pipe_[0]);
  ::close(pipe_[1]);
  ::sigaction(SIGTERM, &former_->term, nullptr);
  ::sigaction(SIGINT, &former_->interrupt, nullptr);
  if (former_->hangup) ::sigaction(SIGHUP, &*former_->hangup, nullptr);
}

}  // namespace fit
