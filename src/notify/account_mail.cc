#include "notify/account_mail.h"

#include "base/format.h"

namespace fit::notify {

Mail account_mail(const accounts::User& user, accounts::LinkPurpose purpose, const std::string& url) {
  const std::string greeting = user.name.empty() ? "Hello," : "Hello " + user.name + ",";
  if (purpose == accounts::LinkPurpose::kReset) {
    return {.to = user.email,
            .subject = "Choose another password",
            .body = fit::format(
                "{}\n\nThis link lets you choose another password for Find This Fit. It works once, for "
                "30 minutes:\n\n{}\n\nIf you have not asked for it, ignore this message; your password "
                "stays as it is.\n",
                greeting, url)};
  }
  return {.to = user.email,
          .subject = "You are invited to Find This Fit",
          .body = fit::format(
              "{}\n\nYou are invited to Find This Fit. Choose your password by this link, which works "
              "once, for 7 days:\n\n{}\n",
              greeting, url)};
}

}  // namespace fit::notify
