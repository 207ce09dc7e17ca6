#pragma once

#include <memory>
#include <optional>
#include <string>

#include "accounts/audit_writer.h"
#include "accounts/sign_in.h"
#include "base/config.h"
#include "base/log.h"
#include "http/account_authenticator.h"
#include "http/api.h"
#include "notify/mailer.h"
#include "sql/database.h"

namespace fit {

// The parts of a server that know who its callers are. Borrows the configuration and the database.
class Access {
 public:
  // kInvalid naming SMTP_URL or SMTP_FROM.
  static Result<std::unique_ptr<Access>> open(const Config& config, sql::Database& database, const Log& log);

  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  accounts::Accounts& accounts() { return accounts_; }
  http::AccountAuthenticator& authenticator() { return authenticator_; }
  accounts::AuditWriter& audit() { return audit_; }

  // Logs a link that makes the first owner, if the server asks who is there and there is no user. Blocks.
  Result<void> announce_set_up();

  // The routes of accounts. This object must outlive the router.
  void add_routes(http::Router& router);

 private:
  Access(const Config& config, sql::Database& database, std::optional<notify::Mailer::Options> mail,
         const Log& log);

  bool send_link(const accounts::User& user, const accounts::Accounts::Link& link);
  void send_reset(const std::string& email, const accounts::SessionClient& client);

  const Config& config_;
  const Log log_;
  accounts::Accounts accounts_;
  accounts::SignIn sign_in_;
  http::AccountAuthenticator authenticator_;
  accounts::AuditWriter audit_;
  std::optional<notify::Mailer> mailer_;  // empty: there is no SMTP_URL
};

}  // namespace fit
