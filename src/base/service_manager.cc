#include "base/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/error.h"
#include "base/fd.h"

namespace fit {
namespace {

std::optional<std::int64_t> whole_number(const std::optional<std::string>& text) {
  std::int64_t number = 0;
  if (!text) return std::nullopt;
  const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || stop != text->data() + text->size() || number <= 0) return std::nullopt;
  return number;
}

}  // namespace

ServiceManager::ServiceManager(const Environment& environment) {
  const std::string socket = environment("NOTIFY_SOCKET").value_or("");
  if (socket.size() < 2 || socket.size() >= sizeof(sockaddr_un::sun_path)) return;
  if (socket[0] != '/' && socket[0] != '@') return;
  socket_ = socket;
  // WATCHDOG_PID names the process that the watchdog is for; a child inherits the variables of its parent.
  const auto process = environment("WATCHDOG_PID");
  if (process && whole_number(process) != ::getpid()) return;
  if (const auto time = whole_number(environment("WATCHDOG_USEC"))) {
    watchdog_time_ = std::chrono::microseconds(*time);
  }
}

Result<void> ServiceManager::send(std::string_view lines) const {
  if (!is_present()) return {};
  const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return from_errno("make a socket", errno);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  // The name of an abstract socket begins with a NUL and ends with its last byte.
  if (socket_[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const auto sent = ::sendto(socket.get(), lines.data(), lines.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), size);
  if (sent < 0) return from_errno("notify the service manager", errno);
  return {};
}

}  // namespace fit
