#include "main/access.h"

#include <utility>

#include "cli/links.h"
#include "main/options.h"
#include "notify/account_mail.h"

namespace fit {

Result<std::unique_ptr<Access>> Access::open(const Config& config, sql::Database& database, const Log& log) {
  Parts parts;
  FIT_TRY(parts.mail, mail_options(config.mail));
  FIT_TRY(parts.provider, provider_options(config.oidc));
  return std::unique_ptr<Access>(new Access(config, database, std::move(parts), log));
}

Access::Provider::Provider(ProviderOptions options, accounts::Accounts& accounts, const Log& log)
    : http({.allow_private_addresses = true}),
      oidc(http, std::move(options.provider), log),
      sign_in(oidc, accounts.identities(), std::move(options.sign_in)) {}

Access::Access(const Config& config, sql::Database& database, Parts parts, const Log& log)
    : config_(config),
      log_(log),
      accounts_(database, session_limits(config.access)),
      sign_in_(accounts_, {}),
      provider_(parts.provider ? std::make_unique<Provider>(*std::move(parts.provider), accounts_, log)
                               : nullptr),
      authenticator_(accounts_, authenticator_options(config, provider_ ? &provider_->sign_in : nullptr),
                     log),
      audit_(accounts_.audit(), config.access.audit_days, log),
      history_(accounts_.history(), config.access.history_days, log) {
  if (parts.mail) mailer_.emplace(*std::move(parts.mail), log);
  authenticator_.start();
  audit_.start();
  history_.start();
}

Result<void> Access::announce_set_up() {
  if (is_open_to_all(config_)) return {};
  FIT_TRY(const bool is_empty, accounts_.users().is_empty());
  if (!is_empty) return {};
  FIT_TRY(const std::string token, accounts_.links().create(accounts::LinkPurpose::kSetUp, std::nullopt));
  // In the message, because URLs in fields are logged without what may be a secret.
  log_.info("there is no user yet; this link makes the first owner, once, within 24 hours: " +
            cli::link_url(config_, accounts::LinkPurpose::kSetUp, token));
  return {};
}

bool Access::send_link(const accounts::User& user, const accounts::Accounts::Link& link) {
  return mailer_ && mailer_->send([user, purpose = link.purpose,
                                   url = cli::link_url(config_, link.purpose, link.token)] {
    return Result<std::optional<notify::Mail>>(notify::account_mail(user, purpose, url));
  });
}

void Access::send_reset(const std::string& email, const accounts::SessionClient& client) {
  if (!mailer_) {
    log_.warning(
        "a link for another password was asked for, and SMTP_URL is not set; fit user reset prints one");
    return;
  }
  mailer_->send([this, email, client]() -> Result<std::optional<notify::Mail>> {
    FIT_TRY(const auto token, sign_in_.begin_reset(email, client));
    if (!token) return std::nullopt;
    FIT_TRY(const auto found, accounts_.users().find(email));
    if (!found) return std::nullopt;
    return notify::account_mail(found->user, accounts::LinkPurpose::kReset,
                                cli::link_url(config_, accounts::LinkPurpose::kReset, *token));
  });
}

void Access::add_routes(http::Router& router, const RouteOptions& options) {
  http::add_key_routes(router, {.accounts = accounts_, .authenticator = authenticator_});
  http::add_token_routes(router, {.accounts = accounts_,
                                  .authenticator = authenticator_,
                                  .max_lifetime = config_.access.max_token_lifetime});
  http::add_audit_route(router, accounts_);
  http::add_account_routes(
      router, {.accounts = accounts_,
               .sign_in = sign_in_,
               .authenticator = authenticator_,
               .reset = [this](const std::string& email,
                               const accounts::SessionClient& client) { send_reset(email, client); },
               .provider_name = provider_ ? provider_->sign_in.name() : "",
               .detects = options.detects});
  http::add_oidc_routes(router, {.accounts = accounts_,
                                 .authenticator = authenticator_,
                                 .provider = provider_ ? &provider_->sign_in : nullptr,
                                 .public_origin = options.public_origin});
  http::add_profile_routes(
      router,
      {.accounts = accounts_, .sign_in = sign_in_, .authenticator = authenticator_, .history = history_});
  http::add_user_routes(
      router,
      {.accounts = accounts_,
       .authenticator = authenticator_,
       .links = {
           .url_of = [this](accounts::LinkPurpose purpose,
                            const std::string& token) { return cli::link_url(config_, purpose, token); },
           .send = [this](const accounts::User& user,
                          const accounts::Accounts::Link& link) { return send_link(user, link); }}});
}

}  // namespace fit
