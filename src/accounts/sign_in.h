#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "accounts/attempt_limit.h"
#include "accounts/passwords.h"
#include "base/result.h"

namespace fit::accounts {

// Checks who signs in, and changes what sign-ins are checked against. Failed attempts cost time: after 5 by
// one account, existing or not, and after 20 from one address. An unknown, a disabled and an invited account
// take the same time and get the same answer as a wrong password. Thread-safe; calls block and may hash a
// password. Borrows the accounts. Errors besides those named: as for sql::Database and PasswordHasher.
class SignIn {
 public:
  SignIn(Accounts& accounts, const PasswordHasher::Options& hashing)
      : accounts_(accounts), hasher_(hashing) {}

  // What somebody typed, and where.
  struct Attempt {
    std::string email = {};
    std::string password = {};
    std::string code = {};  // one-time or recovery code; empty: none
    SessionClient client = {};
  };

  enum class Answer : std::uint8_t {
    kWelcome,
    kWrong,         // the account, the password or the code
    kCodeRequired,  // the password is right, and the code is missing
    kTooMany,       // attempts; the password was not looked at
  };

  struct Outcome {
    Answer answer = Answer::kWrong;
    std::chrono::seconds retry_after{0};                  // for kTooMany
    std::optional<User> user = std::nullopt;              // for kWelcome, and kWrong where the account exists
    std::optional<IssuedSession> session = std::nullopt;  // for kWelcome
  };

  // Begins a session.
  Result<Outcome> sign_in(const Attempt& attempt);

  // Checks the password of a signed-in user before a change. `user` is set for kWelcome.
  Result<Outcome> check(std::int64_t user, const std::string& password, const SessionClient& client);

  // Sets another password; the other sessions of the user end. kInvalid naming "new".
  Result<void> change_password(const User& user, const std::string& password, std::int64_t kept_session);

  // Begins to set up one-time codes, and returns their secret. kNotFound, kConflict.
  Result<std::string> begin_totp(std::int64_t user);
  // Ends the set-up by a code of the app; the other sessions of the user end. Returns the recovery codes.
  // kInvalid naming "code"; kConflict where no set-up has begun; kNotFound.
  Result<std::vector<std::string>> confirm_totp(std::int64_t user, const std::string& code,
                                                std::int64_t kept_session);

  // What the holder of a link decides.
  struct LinkUse {
    std::string token = {};
    std::string password = {};
    std::string email = {};  // for a set-up link only
    std::string name = {};   // for a set-up link, and an invitation whose name is to change; empty: none
  };

  // Sets the password that a link allows to set. All sessions of the user end; one-time codes stay. A set-up
  // link creates the first owner. kNotFound for a link that does not work, kInvalid naming "password",
  // "email" or "name".
  Result<User> use_link(const LinkUse& use);

  // Makes a link for another password if the address belongs to an enabled user; nullopt otherwise, and when
  // links were asked for too often.
  Result<std::optional<std::string>> begin_reset(const std::string& email, const SessionClient& client);

  const PasswordHasher& hasher() const { return hasher_; }

 private:
  static constexpr std::size_t kMaxNames = 10'000;

  Result<Outcome> limited(const std::string& name, const std::string& address,
                          const std::function<Result<Outcome>()>& check);
  Result<Outcome> check_secrets(const std::optional<UserSecrets>& secrets, const std::string& password,
                                const std::optional<std::string>& code);
  Result<bool> use_code(const UserSecrets& secrets, const std::string& code);

  Accounts& accounts_;
  PasswordHasher hasher_;
  AttemptLimit by_account_{5, kMaxNames};
  AttemptLimit by_address_{20, kMaxNames};
  AttemptLimit resets_by_account_{3, kMaxNames};
  AttemptLimit resets_by_address_{20, kMaxNames};
};

// The address of a client for limits: an IPv6 address stands for its first 64 bits, the network of one
// subscriber.
std::string limited_address(const std::string& address);

}  // namespace fit::accounts
