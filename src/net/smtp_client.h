#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::net {

// A mail server that accepts messages for delivery. A value type.
struct SmtpServer {
  std::string url;  // "smtp://host:587" or "smtps://host:465", without user and password
  std::string user;
  std::string password;
  bool is_loopback = false;  // then TLS is used where the server offers it; elsewhere it is required

  // Reads smtp://user:password@host:port or smtps://..., percent-encoded. kInvalid naming `setting`.
  static Result<SmtpServer> parse(const std::string& setting, const std::string& url);
};

// A message for one recipient.
struct SmtpMessage {
  std::string from;  // addresses without names
  std::string to;
  std::string text;  // header and body with CRLF line ends (RFC 5322)
};

// Sends messages by SMTP (RFC 5321) with TLS and AUTH, one connection each. SSL_CERT_FILE names another
// bundle of certificate authorities. Thread-safe; calls block.
class SmtpClient {
 public:
  explicit SmtpClient(SmtpServer server);
  ~SmtpClient();
  SmtpClient(const SmtpClient&) = delete;
  SmtpClient& operator=(const SmtpClient&) = delete;

  // Success means that the server has accepted the message. kInvalid for an address with a line break or a
  // bracket; kCancelled within about a second of a stop; kDeadlineExceeded; kNotFound when the server refuses
  // the recipient for good; kBadGateway for a server that is away, has no valid certificate or refuses the
  // sign-in or the message.
  Result<void> send(const SmtpMessage& message, const std::stop_token& stop) const;

  // Connects, signs in and sends nothing. The errors of send() that do not concern a message.
  Result<void> check(const std::stop_token& stop) const;

 private:
  const SmtpServer server_;
  std::string ca_file_;  // empty: curl's own
};

}  // namespace fit::net
