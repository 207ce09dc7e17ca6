#include "net/server_probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/fd.h"

namespace fit::net {
namespace {

using Clock = std::chrono::steady_clock;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

// A numeric address; size 0 for other texts.
SocketAddress numeric_address(std::string address, std::uint16_t port) {
  SocketAddress result;
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.size = sizeof v4;
  } else if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.size = sizeof v6;
  }
  return result;
}

// Waits until the socket is ready for `events`, has an error or was closed.
bool wait_for_event(int socket, short events, Clock::time_point end) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    pollfd one{.fd = socket, .events = events, .revents = 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

}  // namespace

bool server_reacts(const std::string& address, std::uint16_t port, std::chrono::milliseconds time) {
  const auto end = Clock::now() + time;
  const SocketAddress target = numeric_address(address, port);
  if (target.size == 0) return false;
  const Fd socket(::socket(target.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return false;
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&target.storage), target.size) != 0 &&
      errno != EINPROGRESS) {
    return false;
  }
  if (!wait_for_event(socket.get(), POLLOUT, end)) return false;
  int failure = 0;
  socklen_t size = sizeof failure;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failure, &size) != 0 || failure != 0) return false;
  constexpr std::string_view kRequest = "GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  if (::send(socket.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) {
    return errno == EPIPE || errno == ECONNRESET;
  }
  if (!wait_for_event(socket.get(), POLLIN, end)) return false;
  // Any byte, the end and a reset alike are a reaction of the program.
  std::array<char, 16> first{};
  return ::recv(socket.get(), first.data(), first.size(), 0) >= 0 || errno == ECONNRESET;
}

}  // namespace fit::net
