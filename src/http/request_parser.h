#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace fit::http {

// The request line and the header fields of a request.
struct RequestHead {
  struct Field {
    std::string name;   // in lower case
    std::string value;  // without blanks around it
  };

  Method method = Method::kGet;
  bool is_head = false;  // the method is HEAD, and `method` kGet
  std::string target;    // in origin form: "/path?query", or "*"
  std::string host;      // of the Host field, or of a target in absolute form; empty: none
  std::vector<Field> fields;
  std::optional<std::uint64_t> content_length;
  bool is_chunked = false;
  bool keeps_alive = true;        // the connection may carry another request
  bool expects_continue = false;  // the client waits for "100 Continue" before it sends the body

  bool has_body() const { return is_chunked || content_length.value_or(0) > 0; }
};

// Why a request cannot be read: status, type and detail of its problem response. The bytes that follow have no
// meaning, so that the connection must be closed.
struct ProtocolError {
  int status = 400;
  std::string_view type;
  std::string detail;
};

// Reads HTTP/1.1 and HTTP/1.0 requests from bytes as they arrive, by the rules of RFC 9112 in their strict
// form, so that no proxy in front of this server can read another request from the same bytes: one Host, at
// most one Content-Length of digits alone, never beside Transfer-Encoding, which may be "chunked" only; no
// folded lines, no bare CR or LF, no control characters. Wraps llhttp. Does no input or output. Not
// thread-safe.
class RequestParser {
 public:
  struct Limits {
    std::size_t head_bytes = 64 << 10;    // of request line and header fields; 431 beyond
    std::size_t fields = 100;             // 431 beyond
    std::size_t target_bytes = 16 << 10;  // 414 beyond
    std::size_t chunk_extras = 16 << 10;  // of chunk extensions and trailer fields of one body; 400 beyond
  };
  enum class Stage {
    kHead,  // feed() reads the head
    kBody,  // head() is complete, feed() reads the body
    kDone   // the request is complete; reset() begins the next
  };

  explicit RequestParser(const Limits& limits);
  RequestParser();
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Reads from the start of `data` and returns how many bytes it took. Stops early where the stage changes,
  // so that the caller decides about a body before it is read. Appends what it read of the body, without the
  // framing of chunks, to `body`. After an error only reset() may be called.
  std::expected<std::size_t, ProtocolError> feed(std::string_view data, std::string& body);

  Stage stage() const { return stage_; }
  // True before the first byte of a request.
  bool is_fresh() const { return stage_ == Stage::kHead && head_bytes_ == 0; }
  // Complete from kBody on. May be moved from.
  RequestHead& head() { return head_; }

  void reset();

 private:
  struct Native;
  std::expected<std::size_t, ProtocolError> execute(std::string_view data);
  std::optional<ProtocolError> finish_head();
  ProtocolError native_error() const;

  const Limits limits_;
  std::unique_ptr<Native> native_;
  Stage stage_ = Stage::kHead;
  std::size_t head_bytes_ = 0;
  RequestHead head_;
};

}  // namespace fit::http
