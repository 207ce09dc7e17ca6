#pragma once

#include <functional>
#include <thread>

namespace fit::http {

// Calls `on_signal` from a thread of its own at the first SIGTERM or SIGINT; a second one then ends the
// process as if nobody listened. One at a time in a process. The destructor restores the former handling.
class SignalWatch {
 public:
  explicit SignalWatch(std::function<void(int signal)> on_signal);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  struct Former;
  int pipe_[2] = {-1, -1};
  std::unique_ptr<Former> former_;
  std::thread thread_;
};

}  // namespace fit::http
