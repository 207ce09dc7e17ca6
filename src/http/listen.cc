#include "http/listen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/format.h"

namespace fit::http {
namespace {

Error bind_error(const std::string& host, std::uint16_t port, int reason) {
  switch (reason) {
    case EADDRINUSE:
      return {ErrorCode::kConflict,
              fit::format("port {} on {} is in use; stop the program that has it or choose another port",
                          port, host),
              "APP_PORT",
              {}};
    case EACCES:
      return invalid("APP_PORT", fit::format("port {} needs more rights than this program has", port));
    case EADDRNOTAVAIL:
      return invalid("APP_HOST", fit::format("{} is not an address of this machine", host));
    default:
      return invalid("APP_HOST",
                     fit::format("cannot listen on {} port {}: {}", host, port, std::strerror(reason)));
  }
}

}  // namespace

Result<Listener> listen_on(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0)
    return invalid("APP_HOST", fit::format("{} is not a known address: {}", host, ::gai_strerror(failure)));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);

  const int listening = ::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listening < 0) return bind_error(host, port, errno);
  const int on = 1;
  ::setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  int reason = ::bind(listening, list->ai_addr, list->ai_addrlen) == 0 ? 0 : errno;
  if (reason == 0 && ::listen(listening, SOMAXCONN) != 0) reason = errno;
  if (reason != 0) {
    ::close(listening);
    return bind_error(host, port, reason);
  }

  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(listening, reinterpret_cast<sockaddr*>(&bound), &size);
  std::array<char, NI_MAXHOST> address{};
  std::array<char, NI_MAXSERV> service{};
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&bound), size, address.data(), address.size(),
                service.data(), service.size(), NI_NUMERICHOST | NI_NUMERICSERV);
  const bool is_ip6 = list->ai_family == AF_INET6;
  return Listener{.socket = listening,
                  .is_ip6 = is_ip6,
                  .address = is_ip6 ? fit::format("[{}]", address.data()) : std::string(address.data()),
                  .port = static_cast<std::uint16_t>(std::stoi(service.data()))};
}

}  // namespace fit::http
