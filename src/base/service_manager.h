#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit {

// Tells the service manager (systemd, and what speaks like it) how this process is, by the protocol of
// sd_notify(3): a datagram of "NAME=VALUE" lines to the socket that NOTIFY_SOCKET names. A value type;
// thread-safe.
class ServiceManager {
 public:
  using Environment = std::function<std::optional<std::string>(const std::string& name)>;

  // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. Without the first, or with one that is neither a
  // path nor an abstract name ("@..."), there is no service manager.
  explicit ServiceManager(const Environment& environment);

  bool is_present() const { return !socket_.empty(); }

  // Within this time of each other, "WATCHDOG=1" must be sent; nullopt: the manager has no watchdog for this
  // process.
  std::optional<std::chrono::microseconds> watchdog_time() const { return watchdog_time_; }

  // Sends lines such as "READY=1\nSTATUS=serving". Does nothing without a service manager. Does not block: an
  // error of errno when the manager is away or its socket is full.
  Result<void> send(std::string_view lines) const;

 private:
  std::string socket_;  // as in NOTIFY_SOCKET; empty: there is no service manager
  std::optional<std::chrono::microseconds> watchdog_time_;
};

}  // namespace fit
