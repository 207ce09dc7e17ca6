#include "notify/mailer.h"

#include <exception>
#include <optional>
#include <utility>

namespace fit::notify {

Mailer::Mailer(Options options, Log log) : sender_(std::move(options)), log_(std::move(log)) {}

Mailer::~Mailer() {
  stop_.request_stop();
}

bool Mailer::send(std::function<Result<std::optional<Mail>>()> make) {
  const bool accepted = pool_.try_submit([this, make = std::move(make)] { deliver(make); });
  if (!accepted) log_.warning("too many messages wait to be sent; one is dropped");
  return accepted;
}

void Mailer::deliver(const std::function<Result<std::optional<Mail>>()>& make) {
  if (stop_.stop_requested()) return;
  try {
    const auto mail = make();
    if (!mail) {
      log_.error("a message was not made", mail.error());
      return;
    }
    if (!*mail) return;
    const auto sent = sender_.send(**mail, stop_.get_token());
    if (sent) {
      log_.info("message sent", {{"subject", (*mail)->subject}});
    } else if (sent.error().code != ErrorCode::kCancelled) {
      log_.error("a message was not sent", sent.error());
    }
  } catch (const std::exception& exception) {
    log_.error("a message was not sent", {{"error", exception.what()}});
  }
}

}  // namespace fit::notify
