#pragma once

#include <memory>
#include <optional>
#include <string>

#include "accounts/audit_writer.h"
#include "accounts/history_writer.h"
#include "accounts/sign_in.h"
#include "base/config.h"
#include "base/log.h"
#include "http/account_authenticator.h"
#include "http/api.h"
#include "main/options.h"
#include "net/http_client.h"
#include "notify/mailer.h"
#include "sql/database.h"

namespace fit {

// The parts of a server that know who its callers are. Borrows the configuration and the database.
class Access {
 public:
  // kInvalid naming SMTP_URL, SMTP_FROM or a setting of the sign-in provider.
  static Result<std::unique_ptr<Access>> open(const Config& config, sql::Database& database, const Log& log);

  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  accounts::Accounts& accounts() { return accounts_; }
  http::AccountAuthenticator& authenticator() { return authenticator_; }
  accounts::AuditWriter& audit() { return audit_; }
  accounts::HistoryWriter& history() { return history_; }

  // Logs a link that makes the first owner, if the server asks who is there and there is no user. Blocks.
  Result<void> announce_set_up();

  // What the routes of accounts know of the server.
  struct RouteOptions {
    std::string public_origin = {};  // of PUBLIC_URL; may be empty
    bool detects = false;            // whether garments in photos are found
  };
  // The routes of accounts. This object must outlive the router.
  void add_routes(http::Router& router, const RouteOptions& options);

 private:
  // What is optional; made from the configuration.
  struct Parts {
    std::optional<notify::Mailer::Options> mail;
    std::optional<ProviderOptions> provider;
  };
  // The sign-in provider with a client of its own, which may connect to private addresses: the configuration,
  // which names the provider, is trusted as the URLs of users are not.
  struct Provider {
    Provider(ProviderOptions options, accounts::Accounts& accounts, const Log& log);

    net::HttpClient http;
    accounts::OidcProvider oidc;
    accounts::ProviderSignIn sign_in;
  };

  Access(const Config& config, sql::Database& database, Parts parts, const Log& log);

  bool send_link(const accounts::User& user, const accounts::Accounts::Link& link);
  void send_reset(const std::string& email, const accounts::SessionClient& client);

  const Config& config_;
  const Log log_;
  accounts::Accounts accounts_;
  accounts::SignIn sign_in_;
  std::unique_ptr<Provider> provider_;  // null: there is no OIDC_ISSUER
  http::AccountAuthenticator authenticator_;
  accounts::AuditWriter audit_;
  accounts::HistoryWriter history_;
  std::optional<notify::Mailer> mailer_;  // empty: there is no SMTP_URL
};

}  // namespace fit
