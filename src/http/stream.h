#pragma once

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

struct ssl_st;  // of OpenSSL
struct ssl_ctx_st;

namespace fit::http {

// The bytes of a connection: a socket, with TLS or without. All members must be called on the thread of the
// socket's event loop. One coroutine at a time may wait in a member; cancel() and close() end its wait. None
// of the members blocks, but a handshake computes for up to a millisecond. The process ignores SIGPIPE.
class Stream {
 public:
  // With `tls`, the bytes are encrypted, and handshake() comes first. The socket must not block.
  Stream(asio::ip::tcp::socket socket, const std::shared_ptr<ssl_ctx_st>& tls);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  bool is_encrypted() const { return is_encrypted_; }

  // How a handshake ended.
  struct Handshake {
    enum class Outcome {
      kDone,
      kClosed,     // the client has closed the connection without a byte, or the wait was cancelled
      kFailed,     // the client cannot or does not want to speak TLS with this server
      kPlainHttp,  // the client speaks HTTP without TLS; nothing was read, and the stream is not encrypted
    };
    Outcome outcome = Outcome::kDone;
    std::string_view reason = {};  // of kFailed, for the log
  };
  asio::awaitable<Handshake> handshake();

  // Waits for bytes and reads some of them. Returns their number; 0 at the end of the stream, after an error
  // and when the wait was cancelled. The buffer is written without a wait between that and the return.
  asio::awaitable<std::size_t> read_some(std::span<char> buffer);

  // Writes both texts. Returns false after an error and when the wait was cancelled.
  asio::awaitable<bool> write(std::string_view head, std::string_view body = {});

  // Writes `size` bytes of an open file from `offset` on; without TLS they are not copied into this process.
  // Returns false as write() does, and when the file is shorter.
  asio::awaitable<bool> write_file(int file, std::uint64_t offset, std::uint64_t size);

  // Tells the client that nothing more will be written. What read_some() returns afterwards is only good to
  // be discarded.
  void end_writing();
  // Calls `done` on the event loop once the socket has an error, a hang-up or urgent data, without reading
  // from it; with true when the wait was cancelled, also by the destructor.
  void wait_for_error(std::function<void(bool is_cancelled)> done);
  // Whether the client has reset the connection, or it broke.
  bool is_reset();

  // Ends the current waits, if there are some.
  void cancel();
  // Closes the socket at once.
  void close();

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };

  asio::awaitable<bool> wait(asio::ip::tcp::socket::wait_type type);
  template <class Call>
  asio::awaitable<bool> complete(Call call);
  asio::awaitable<std::size_t> read_plain(std::span<char> buffer);
  asio::awaitable<std::size_t> read_tls(std::span<char> buffer);
  asio::awaitable<bool> write_plain(std::string_view head, std::string_view body);
  asio::awaitable<bool> write_tls(std::string_view bytes);
  asio::awaitable<bool> write_tls(std::string_view head, std::string_view body);
  asio::awaitable<bool> write_plain_file(int file, std::uint64_t offset, std::uint64_t size);
  asio::awaitable<bool> write_tls_file(int file, std::uint64_t offset, std::uint64_t size);
  void say_goodbye();

  asio::ip::tcp::socket socket_;
  bool is_encrypted_;
  std::unique_ptr<ssl_st, Free> ssl_;  // null: what is read and written is not encrypted
};

}  // namespace fit::http
