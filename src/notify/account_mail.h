#pragma once

#include <string>

#include "accounts/one_time_links.h"
#include "accounts/users.h"
#include "notify/mail.h"

namespace fit::notify {

// The message that brings a user an invitation or a link for another password.
Mail account_mail(const accounts::User& user, accounts::LinkPurpose purpose, const std::string& url);

}  // namespace fit::notify
