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
  // A header field.
  struct Field {
    std::string name;   // in lower case
    std::string value;  // without leading and trailing blanks
  };

  Method method = Method::kGet;
  bool is_head = false;  // the method is HEAD, and `method` kGet
  std::string target;    // in origin form: "/path?query", or "*"
  std::string host;      // from the target in absolute form, otherwise from the Host field; empty: none
  std::vector<Field> fields;
  std::optional<std::uint64_t> content_length;
  bool is_chunked = false;
  bool keeps_alive = true;        // the client allows another request on the connection
  bool expects_continue = false;  // the client waits for "100 Continue" before it sends the body

  bool has_body() const { return is_chunked || content_length.value_or(0) > 0; }
};

// The reason for which a request cannot be read: status, type and detail of its problem response. The
// position in the byte stream is lost, so that the connection must be closed.
struct ProtocolError {
  int status = 400;
  std::string_view type;
  std::string detail;
};

// Parses HTTP/1.1 and HTTP/1.0 requests incrementally. Applies RFC 9112 strictly, so that no proxy in front
// of this server can read a different request from the same bytes: one Host; at most one Content-Length, of
// digits only and never together with Transfer-Encoding, which must be "chunked"; no folded lines, no bare CR
// or LF, no control characters. Wraps llhttp. Performs no input or output. Not thread-safe.
class RequestParser {
 public:
  // Limits of one request.
  struct Limits {
    std::size_t head_bytes = 64 << 10;    // request line and header fields; more is 431
    std::size_t fields = 100;             // header fields; more is 431
    std::size_t target_bytes = 16 << 10;  // more is 414
    std::size_t chunk_extras = 16 << 10;  // a body's chunk extensions and trailer fields; more is 400
  };
  // What feed() reads next.
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

  // Parses from the start of `data` and returns the number of bytes consumed. Stops where the stage changes,
  // so that the caller can check the head before the body is read. Appends the bytes of the body, without the
  // framing of chunks, to `body`. After an error only reset() may be called.
  std::expected<std::size_t, ProtocolError> feed(std::string_view data, std::string& body);

  Stage stage() const { return stage_; }
  // Whether no byte of a request has been read.
  bool is_fresh() const { return stage_ == Stage::kHead && head_bytes_ == 0; }
  // Complete from Stage::kBody on. The caller may move from it.
  RequestHead& head() { return head_; }

  // Prepares for the next request.
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
