#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "base/worker_pool.h"
#include "notify/mail.h"
#include "notify/mail_sender.h"

namespace fit::notify {

// Sends mail on a thread of its own, one message after the other. A message that cannot be sent is logged and
// not tried again. Thread-safe; calls do not block. The destructor drops what has not been sent.
class Mailer {
 public:
  using Options = MailSender::Options;
  Mailer(Options options, Log log);
  ~Mailer();
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;

  // Makes a message on the thread and sends it; `make` may block, and returns nullopt for no message. Returns
  // false when too many messages wait.
  bool send(std::function<Result<std::optional<Mail>>()> make);

 private:
  static constexpr std::size_t kMaxWaiting = 100;

  void deliver(const std::function<Result<std::optional<Mail>>()>& make);

  const MailSender sender_;
  const Log log_;
  std::stop_source stop_;
  WorkerPool pool_{1, kMaxWaiting};  // ends before what its tasks use
};

}  // namespace fit::notify
