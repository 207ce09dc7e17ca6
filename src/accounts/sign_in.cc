#include "accounts/sign_in.h"

#include <arpa/inet.h>

#include <array>

#include "accounts/key_secret.h"
#include "accounts/totp.h"
#include "base/text.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kSubscriberBytes = 8;

// The name of an account in limits: a hash, because texts of any length may be typed.
std::string account_name(const std::string& email) {
  return hash_of(to_lower(trim(email)));
}

Error no_such_link() {
  return not_found("the link was used, has ended or is wrong; ask for another one");
}

}  // namespace

std::string limited_address(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
  return std::string(bytes.begin(), bytes.begin() + kSubscriberBytes);
}

// Runs `check` unless the account or the address has failed too often, and counts its outcome.
Result<SignIn::Outcome> SignIn::limited(const std::string& name, const std::string& address,
                                        const std::function<Result<Outcome>()>& check) {
  const std::string place = limited_address(address);
  if (const auto wait = by_address_.begin(place); wait.count() > 0) {
    return Outcome{.answer = Answer::kTooMany, .retry_after = wait};
  }
  if (const auto wait = by_account_.begin(name); wait.count() > 0) {
    by_address_.withdraw(place);
    return Outcome{.answer = Answer::kTooMany, .retry_after = wait};
  }
  Result<Outcome> outcome = check();
  if (outcome && outcome->answer == Answer::kWrong) return outcome;
  by_address_.withdraw(place);
  if (outcome && outcome->answer == Answer::kWelcome) {
    by_account_.succeed(name);
  } else {
    by_account_.withdraw(name);
  }
  return outcome;
}

// `code` is nullopt where none is asked for.
Result<SignIn::Outcome> SignIn::check_secrets(const std::optional<UserSecrets>& secrets,
                                              const std::string& password,
                                              const std::optional<std::string>& code) {
  const std::string hash = secrets && secrets->user.is_enabled() ? secrets->password_hash : std::string();
  FIT_TRY(const bool is_right, hasher_.verify(password, hash));
  Outcome outcome;
  if (secrets) outcome.user = secrets->user;
  if (!is_right) return outcome;
  if (code && secrets->user.has_totp) {
    if (code->empty()) {
      outcome.answer = Answer::kCodeRequired;
      return outcome;
    }
    FIT_TRY(const bool is_right_code, use_code(*secrets, *code));
    if (!is_right_code) return outcome;
  }
  if (hasher_.is_outdated(hash)) {
    FIT_TRY(const std::string newer, hasher_.hash(password));
    FIT_CHECK(accounts_.users().replace_hash(secrets->user.id, hash, newer));
  }
  outcome.answer = Answer::kWelcome;
  return outcome;
}

Result<bool> SignIn::use_code(const UserSecrets& secrets, const std::string& code) {
  if (const auto recovery = recovery_code_hash(code)) {
    return accounts_.users().use_recovery_code(secrets.user.id, *recovery);
  }
  FIT_TRY(const auto step, totp_step(secrets.totp_secret, trim(code), now()));
  if (!step) return false;
  return accounts_.users().use_totp_step(secrets.user.id, *step);
}

Result<SignIn::Outcome> SignIn::sign_in(const Attempt& attempt) {
  FIT_TRY(Outcome outcome,
          limited(account_name(attempt.email), attempt.client.address, [&]() -> Result<Outcome> {
            FIT_TRY(const auto secrets, accounts_.users().find(attempt.email));
            return check_secrets(secrets, attempt.password, attempt.code);
          }));
  if (outcome.answer != Answer::kWelcome) return outcome;
  FIT_TRY(outcome.session, accounts_.sessions().begin(outcome.user->id, attempt.client));
  return outcome;
}

Result<SignIn::Outcome> SignIn::check(std::int64_t user, const std::string& password,
                                      const SessionClient& client) {
  FIT_TRY(const UserSecrets secrets, accounts_.users().secrets(user));
  return limited(account_name(secrets.user.email), client.address,
                 [&] { return check_secrets(secrets, password, std::nullopt); });
}

Result<void> SignIn::change_password(const User& user, const std::string& password,
                                     std::int64_t kept_session) {
  FIT_CHECK(check_password("new", password, user.email));
  FIT_TRY(const std::string hash, hasher_.hash(password));
  return accounts_.users().set_password(user.id, hash, kept_session);
}

Result<std::string> SignIn::begin_totp(std::int64_t user) {
  std::string secret = make_totp_secret();
  FIT_CHECK(accounts_.users().begin_totp(user, secret));
  return secret;
}

Result<std::vector<std::string>> SignIn::confirm_totp(std::int64_t user, const std::string& code,
                                                      std::int64_t kept_session) {
  FIT_TRY(const UserSecrets secrets, accounts_.users().secrets(user));
  if (secrets.unconfirmed_totp_secret.empty()) {
    return Error{ErrorCode::kConflict, "no set-up of one-time codes has begun", {}, {}};
  }
  FIT_TRY(const auto step, totp_step(secrets.unconfirmed_totp_secret, trim(code), now()));
  if (!step) return invalid("code", "is not the current code of the app; is the clock of the device right?");
  FIT_CHECK(accounts_.users().use_totp_step(user, *step));
  std::vector<std::string> codes = make_recovery_codes();
  std::vector<std::string> hashes;
  for (const std::string& one : codes) hashes.push_back(recovery_code_hash(one).value_or(""));
  FIT_CHECK(accounts_.users().set_totp(user, secrets.unconfirmed_totp_secret, hashes, kept_session));
  return codes;
}

Result<User> SignIn::use_link(const LinkUse& use) {
  FIT_TRY(const auto link, accounts_.links().find(use.token));
  if (!link) return no_such_link();
  NewUser owner{.email = use.email, .name = use.name, .role = Role::kOwner};
  if (link->user_id) {
    if (!use.email.empty()) return invalid("email", "belongs to set-up links only");
    FIT_TRY(const User user, accounts_.users().get(*link->user_id));
    owner.email = user.email;
  } else {
    FIT_TRY(owner.email, parse_email("email", use.email));
  }
  FIT_CHECK(check_password("password", use.password, owner.email));
  FIT_TRY(const std::string hash, hasher_.hash(use.password));
  return accounts_.use_link(use.token, *link, owner, hash);
}

Result<std::optional<std::string>> SignIn::begin_reset(const std::string& email,
                                                       const SessionClient& client) {
  const bool is_too_often = resets_by_account_.begin(account_name(email)).count() > 0 ||
                            resets_by_address_.begin(limited_address(client.address)).count() > 0;
  if (is_too_often) return std::nullopt;
  FIT_TRY(const auto secrets, accounts_.users().find(email));
  if (!secrets || !secrets->user.is_enabled()) return std::nullopt;
  return accounts_.links().create(LinkPurpose::kReset, secrets->user.id);
}

}  // namespace fit::accounts
