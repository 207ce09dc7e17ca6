#include "main/exit_limit.h"

#include <cstdlib>

namespace fit {

void ExitLimit::start() {
  const std::lock_guard starting(mutex_);
  if (thread_.joinable()) return;
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    if (called_off_.wait_for(lock, limit_, [this] { return is_called_off_; })) return;
    log_.warning("ended with work under way, which was not acknowledged");
    std::_Exit(EXIT_SUCCESS);
  });
}

ExitLimit::~ExitLimit() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_called_off_ = true;
  }
  called_off_.notify_one();
  thread_.join();
}

}  // namespace fit
