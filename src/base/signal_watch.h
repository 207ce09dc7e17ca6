#pragma once

#include <functional>
#include <memory>
#include <thread>

namespace fit {

// Calls `on_signal` at the first SIGTERM or SIGINT, from a thread of its own; the second signal ends the
// process by its default action. Calls `on_hangup`, if it is given, at every SIGHUP, from the same thread.
// At most one object lives at a time in a process. The destructor joins the thread and restores the previous
// signal handlers. When the process has no file descriptors left, signals keep their default action.
class SignalWatch {
 public:
  explicit SignalWatch(std::function<void(int signal)> on_signal, std::function<void()> on_hangup = {});
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  struct Former;
  int pipe_[2] = {-1, -1};
  std::unique_ptr<Former> former_;
  std::thread thread_;
};

}  // namespace fit
