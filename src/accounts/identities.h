#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/group_roles.h"
#include "accounts/provider_token.h"
#include "accounts/users.h"
#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// Whom a user is at a sign-in provider.
struct Identity {
  std::string issuer;
  std::string subject;
  std::string email;  // as the provider had it when they were linked
  Timestamp created_at;
  Timestamp last_used_at;
};

// The identities of users at sign-in providers. A user has at most one at each issuer. Thread-safe; calls
// block. Errors besides those named: as for sql::Database.
class Identities {
 public:
  explicit Identities(sql::Database& database) : database_(database) {}

  // The user whom verified claims are about. An unknown identity is linked to the user of its e-mail address,
  // or to a new user, if the provider has verified the address. Where groups decide, the user gets the role
  // of theirs; the last owner keeps theirs. kForbidden, with nothing changed, for somebody whom no role is
  // for, a disabled user, an address that is not verified or is linked to another identity of the issuer, and
  // for a first user who would be no owner.
  Result<User> sign_in(const ProviderClaims& claims, const GroupRoles& roles);

  // The user of an identity; nullopt when it is not linked. Changes nothing.
  Result<std::optional<User>> find(std::string_view issuer, std::string_view subject);

  // The identities of a user.
  Result<std::vector<Identity>> list(std::int64_t user);

 private:
  sql::Database& database_;
};

}  // namespace fit::accounts
