#include "http/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/as_tuple.hpp>
#include <asio/buffer.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <cerrno>
#include <string>
#include <vector>

namespace fit::http {
namespace {

using Tcp = asio::ip::tcp;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kFilePiece = 256 << 10;  // of one sendfile()
constexpr std::size_t kTlsPiece = 64 << 10;    // is encrypted before other connections run
constexpr std::size_t kTlsRecord = 16 << 10;

}  // namespace

void Stream::Free::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

Stream::Stream(Tcp::socket socket, const std::shared_ptr<ssl_ctx_st>& tls)
    : socket_(std::move(socket)), is_encrypted_(tls != nullptr) {
  if (!tls) return;
  ssl_.reset(SSL_new(tls.get()));
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) {
    ssl_.reset();
    close();  // there is no memory
    return;
  }
  SSL_set_accept_state(ssl_.get());
}

Stream::~Stream() = default;

asio::awaitable<bool> Stream::wait(Tcp::socket::wait_type type) {
  const auto [failed] = co_await socket_.async_wait(type, kAsTuple);
  co_return !failed;
}

// Calls a function of OpenSSL until it succeeds, waiting for the socket as it demands. Returns false when it
// has failed.
template <class Call>
asio::awaitable<bool> Stream::complete(Call call) {
  while (socket_.is_open()) {  // the number of a closed socket may belong to another one
    ERR_clear_error();
    const int result = call();
    if (result > 0) co_return true;
    const int error = SSL_get_error(ssl_.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) co_return false;
    const auto type = error == SSL_ERROR_WANT_READ ? Tcp::socket::wait_read : Tcp::socket::wait_write;
    if (!co_await wait(type)) co_return false;
  }
  co_return false;
}

asio::awaitable<Stream::Handshake> Stream::handshake() {
  using Outcome = Handshake::Outcome;
  if (!co_await wait(Tcp::socket::wait_read)) co_return Handshake{.outcome = Outcome::kClosed};
  char first = 0;
  const ssize_t size = ::recv(socket_.native_handle(), &first, 1, MSG_PEEK);
  if (size <= 0) co_return Handshake{.outcome = Outcome::kClosed};
  if (first >= 'A' && first <= 'Z') {  // a method; a TLS record starts with a control character
    ssl_.reset();
    is_encrypted_ = false;
    co_return Handshake{.outcome = Outcome::kPlainHttp};
  }
  bool is_cancelled = true;
  const auto accept = [this, &is_cancelled] {
    const int result = SSL_do_handshake(ssl_.get());
    const int error = SSL_get_error(ssl_.get(), result);
    is_cancelled = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    return result;
  };
  if (co_await complete(accept)) co_return Handshake{};
  if (is_cancelled) co_return Handshake{.outcome = Outcome::kClosed};
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  co_return Handshake{.outcome = Outcome::kFailed, .reason = reason == nullptr ? "connection lost" : reason};
}

asio::awaitable<std::size_t> Stream::read_some(std::span<char> buffer) {
  return ssl_ ? read_tls(buffer) : read_plain(buffer);
}

asio::awaitable<std::size_t> Stream::read_plain(std::span<char> buffer) {
  while (true) {
    const auto [failed] = co_await socket_.async_wait(Tcp::socket::wait_read, kAsTuple);
    if (failed) co_return 0;
    std::error_code error;
    const std::size_t size = socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
    if (error == asio::error::would_block || error == asio::error::try_again) continue;
    co_return error ? 0 : size;
  }
}

asio::awaitable<std::size_t> Stream::read_tls(std::span<char> buffer) {
  // The first wait gives other connections their turn.
  if (SSL_has_pending(ssl_.get()) == 0 && !co_await wait(Tcp::socket::wait_read)) co_return 0;
  std::size_t size = 0;
  const auto read = [&] { return SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size); };
  co_return co_await complete(read) ? size : 0;
}

asio::awaitable<bool> Stream::write(std::string_view head, std::string_view body) {
  return ssl_ ? write_tls(head, body) : write_plain(head, body);
}

asio::awaitable<bool> Stream::write_plain(std::string_view head, std::string_view body) {
  const std::array buffers = {asio::buffer(head), asio::buffer(body)};
  const auto [error, size] = co_await asio::async_write(socket_, buffers, kAsTuple);
  co_return !error;
}

asio::awaitable<bool> Stream::write_tls(std::string_view head, std::string_view body) {
  if (head.size() + body.size() > kTlsRecord) {
    if (!co_await write_tls(head)) co_return false;
    co_return co_await write_tls(body);
  }
  std::string record;  // one packet
  record.reserve(head.size() + body.size());
  record.append(head).append(body);
  co_return co_await write_tls(record);
}

asio::awaitable<bool> Stream::write_tls(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kTlsPiece);
    std::size_t written = 0;
    const auto write = [&] { return SSL_write_ex(ssl_.get(), piece.data(), piece.size(), &written); };
    if (!co_await complete(write)) co_return false;
    bytes.remove_prefix(written);
    if (!bytes.empty()) co_await asio::post(socket_.get_executor(), asio::use_awaitable);
  }
  co_return true;
}

asio::awaitable<bool> Stream::write_file(int file, std::uint64_t offset, std::uint64_t size) {
  return ssl_ ? write_tls_file(file, offset, size) : write_plain_file(file, offset, size);
}

asio::awaitable<bool> Stream::write_plain_file(int file, std::uint64_t offset, std::uint64_t size) {
  auto at = static_cast<off_t>(offset);
  const std::uint64_t end = offset + size;
  while (static_cast<std::uint64_t>(at) < end) {
    const std::uint64_t rest = end - static_cast<std::uint64_t>(at);
    const ssize_t piece =
        ::sendfile(socket_.native_handle(), file, &at, std::min<std::uint64_t>(rest, kFilePiece));
    if (piece == 0) co_return false;  // the file was truncated meanwhile
    if (piece > 0 || errno == EINTR) {
      co_await asio::post(socket_.get_executor(), asio::use_awaitable);  // let other connections run
      continue;
    }
    if (errno != EAGAIN || !co_await wait(Tcp::socket::wait_write)) co_return false;
  }
  co_return true;
}

asio::awaitable<bool> Stream::write_tls_file(int file, std::uint64_t offset, std::uint64_t size) {
  std::vector<char> piece(std::min<std::uint64_t>(size, kTlsPiece));
  for (std::uint64_t sent = 0; sent < size;) {
    const ssize_t read = ::pread(file, piece.data(), std::min<std::uint64_t>(size - sent, piece.size()),
                                 static_cast<off_t>(offset + sent));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) co_return false;
    if (!co_await write_tls(std::string_view(piece.data(), static_cast<std::size_t>(read)))) co_return false;
    sent += static_cast<std::uint64_t>(read);
    co_await asio::post(socket_.get_executor(), asio::use_awaitable);
  }
  co_return true;
}

// Sends TLS's close_notify, so that the client knows that nothing was cut off.
void Stream::say_goodbye() {
  if (!ssl_ || !socket_.is_open()) return;
  if (SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  ssl_.reset();
}

void Stream::end_writing() {
  say_goodbye();
  std::error_code ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
}

void Stream::wait_for_error(std::function<void(bool is_cancelled)> done) {
  socket_.async_wait(
      asio::ip::tcp::socket::wait_error,
      [done = std::move(done)](const std::error_code& cancelled) { done(static_cast<bool>(cancelled)); });
}

bool Stream::is_reset() {
  pollfd state{.fd = socket_.native_handle(), .events = 0, .revents = 0};
  return ::poll(&state, 1, 0) == 1 && (state.revents & (POLLERR | POLLHUP)) != 0;
}

void Stream::cancel() {
  std::error_code ignored;
  socket_.cancel(ignored);
}

void Stream::close() {
  say_goodbye();
  std::error_code ignored;
  socket_.close(ignored);
}

}  // namespace fit::http
