#pragma once

#include <stop_token>

#include "base/result.h"
#include "net/smtp_client.h"
#include "notify/mail.h"

namespace fit::notify {

// Sends messages from one sender by one mail server. Thread-safe; calls block.
class MailSender {
 public:
  struct Options {
    net::SmtpServer server;
    Sender sender;
  };
  explicit MailSender(Options options);

  const Sender& sender() const { return sender_; }

  // Success means that the server has accepted the message. The errors of net::SmtpClient::send().
  Result<void> send(const Mail& mail, const std::stop_token& stop) const;

 private:
  const Sender sender_;
  const net::SmtpClient client_;
};

}  // namespace fit::notify
