#include "blobs/test_s3.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <stdexcept>

#include "base/format.h"

namespace fit::blobs {
namespace {

// Sends the bytes to a port of the loopback, and returns what comes back until the server closes.
std::string exchange(int port, const std::string& bytes) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    throw std::runtime_error("the S3 server does not accept connections");
  }
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) break;
    sent += static_cast<std::size_t>(count);
  }
  std::string response;
  std::array<char, 65536> piece{};
  for (ssize_t count = 0; (count = ::recv(socket, piece.data(), piece.size(), 0)) > 0;) {
    response.append(piece.data(), static_cast<std::size_t>(count));
  }
  ::close(socket);
  return response;
}

}  // namespace

std::optional<TestS3> TestS3::find() {
  std::ifstream file(FIT_S3_FILE);
  TestS3 server;
  if (!(file >> server.endpoint >> server.key_id >> server.secret)) return std::nullopt;
  return server;
}

S3Options TestS3::options() const {
  return {.endpoint = endpoint, .retries = 3, .timeout = std::chrono::milliseconds(20'000)};
}

AwsCredentialChain::Options TestS3::credentials() const {
  return test_credentials({{"AWS_ACCESS_KEY_ID", key_id}, {"AWS_SECRET_ACCESS_KEY", secret}});
}

std::shared_ptr<S3Bucket> TestS3::bucket(S3Options options) const {
  return S3Bucket::make("fit", std::move(options), credentials()).value();
}

AwsCredentialChain::Options test_credentials(std::map<std::string, std::string> variables) {
  return {.environment = [variables =
                              std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }};
}

S3Proxy::S3Proxy(std::string endpoint, Fault fault)
    : endpoint_(std::move(endpoint)), fault_(std::move(fault)) {
  server_ = std::make_unique<net::TestServer>(
      [this](const net::TestServer::Request& request, net::TestServer::Connection& connection) {
        std::optional<std::string> sent;
        {
          const std::lock_guard lock(mutex_);
          sent = fault_(request, count_++, [&] { return forward(request); });
        }
        if (sent == kSilence) return connection.hang();
        connection.send(sent ? *sent : forward(request));
      });
}

std::string S3Proxy::forward(const net::TestServer::Request& request) const {
  std::string bytes = fit::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  for (const auto& [name, value] : request.headers) {
    if (name != "connection") bytes += fit::format("{}: {}\r\n", name, value);
  }
  bytes += "connection: close\r\n\r\n" + request.body;
  return exchange(std::stoi(endpoint_.substr(endpoint_.rfind(':') + 1)), bytes);
}

}  // namespace fit::blobs
