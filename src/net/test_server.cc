#include "net/test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/format.h"

namespace fit::net {
namespace {

constexpr int kPollMs = 20;

TestServer::Request parse(const std::string& text) {
  TestServer::Request request;
  const auto line_end = text.find("\r\n");
  const std::string line = text.substr(0, line_end);
  const auto first = line.find(' ');
  const auto second = line.find(' ', first + 1);
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, second - first - 1);
  std::size_t at = line_end + 2;
  while (at < text.size()) {
    const auto end = text.find("\r\n", at);
    if (end == at || end == std::string::npos) break;
    const auto colon = text.find(": ", at);
    std::string name = text.substr(at, colon - at);
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers[name] = text.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  return request;
}

}  // namespace

bool TestServer::Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void TestServer::Connection::hang() {
  while (!server_.ending_) {
    pollfd state{socket_, POLLIN, 0};
    if (::poll(&state, 1, kPollMs) <= 0) continue;
    char byte = 0;
    if (::recv(socket_, &byte, 1, 0) <= 0) return;
  }
}

TestServer::TestServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("cannot listen on loopback");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

TestServer::~TestServer() {
  ending_ = true;
  acceptor_.join();
  for (std::thread& worker : workers_) worker.join();
  ::close(listener_);
}

void TestServer::accept_all() {
  while (!ending_) {
    pollfd state{listener_, POLLIN, 0};
    if (::poll(&state, 1, kPollMs) <= 0) continue;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) workers_.emplace_back([this, socket] { serve(socket); });
  }
}

void TestServer::read_body(int socket, std::size_t size, std::string& body) const {
  std::array<char, 4096> piece{};
  while (!ending_ && body.size() < size) {
    pollfd state{socket, POLLIN, 0};
    if (::poll(&state, 1, kPollMs) <= 0) continue;
    const ssize_t count = ::recv(socket, piece.data(), std::min(piece.size(), size - body.size()), 0);
    if (count <= 0) return;
    body.append(piece.data(), static_cast<std::size_t>(count));
  }
}

void TestServer::serve(int socket) {
  std::string text;
  while (!ending_ && !text.ends_with("\r\n\r\n")) {
    pollfd state{socket, POLLIN, 0};
    if (::poll(&state, 1, kPollMs) <= 0) continue;
    char byte = 0;
    if (::recv(socket, &byte, 1, 0) <= 0) break;
    text += byte;
  }
  if (text.ends_with("\r\n\r\n")) {
    Request request = parse(text);
    if (const auto length = request.headers.find("content-length"); length != request.headers.end())
      read_body(socket, std::stoul(length->second), request.body);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    Connection connection(*this, socket);
    handler_(request, connection);
  }
  ::shutdown(socket, SHUT_WR);
  ::close(socket);
}

std::string TestServer::url(std::string_view path) const {
  return fit::format("http://127.0.0.1:{}{}", port_, path);
}

std::vector<TestServer::Request> TestServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::string TestServer::answer(int status, std::string_view body, std::string_view headers) {
  return fit::format("HTTP/1.1 {} Test\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n{}", status,
                     body.size(), headers, body);
}

}  // namespace fit::net
