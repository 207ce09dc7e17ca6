#include "notify/mail_sender.h"

#include <utility>

namespace fit::notify {

MailSender::MailSender(Options options)
    : sender_(std::move(options.sender)), client_(std::move(options.server)) {}

Result<void> MailSender::send(const Mail& mail, const std::stop_token& stop) const {
  return client_.send({.from = sender_.address, .to = mail.to, .text = write_mail(mail, sender_, now())},
                      stop);
}

}  // namespace fit::notify
