#include "accounts/identities.h"

#include "accounts/access_version.h"
#include "accounts/sql_times.h"

namespace fit::accounts {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

Error refused(std::string message) {
  return {ErrorCode::kForbidden, std::move(message), {}, {}};
}

Error no_role() {
  return refused("none of your groups at the sign-in provider may use this server");
}

Result<std::optional<User>> find_identity(SqlConnection& connection, std::string_view issuer,
                                          std::string_view subject) {
  std::optional<User> found;
  FIT_CHECK(connection.query("SELECT " + std::string(kUserColumns) +
                                 " FROM identities i JOIN users u ON u.id = i.user_id "
                                 "WHERE i.issuer = $1 AND i.subject = $2",
                             {issuer, subject},
                             [&found](const SqlRow& row) { found = read_user(row).user; }));
  return found;
}

// The role of a linked user after a sign-in.
Result<void> follow_groups(SqlConnection& connection, const User& user, const ProviderClaims& claims,
                           const GroupRoles& roles) {
  if (!roles.decide()) return {};
  const auto role = roles.role_of(claims.groups);
  if (!role) return no_role();
  if (*role == user.role) return {};
  FIT_CHECK(count_access_change(connection));
  const auto stored = store_role(connection, user.id, *role);
  const bool is_last_owner = !stored && stored.error().code == ErrorCode::kConflict;
  return is_last_owner ? Result<void>() : stored;
}

// The user of the address of a new identity, who is created where there is none.
Result<User> user_of_address(SqlConnection& connection, const ProviderClaims& claims,
                             const GroupRoles& roles) {
  if (claims.email.empty() || !claims.is_email_verified) {
    return refused("the sign-in provider has not verified your e-mail address");
  }
  const auto email = parse_email("email", claims.email);
  if (!email) return refused("the sign-in provider has no valid e-mail address of yours");
  FIT_TRY(const auto existing, find_user(connection, *email));
  if (existing) {
    if (!existing->is_enabled()) return refused("your account is disabled");
    FIT_TRY(const auto other,
            connection.query_integer("SELECT user_id FROM identities WHERE user_id = $1 AND issuer = $2",
                                     {existing->id, std::string_view(claims.issuer)}));
    if (other) return refused("your e-mail address belongs to somebody else of the sign-in provider");
    FIT_CHECK(follow_groups(connection, *existing, claims, roles));
    return *existing;
  }
  const auto role = roles.role_of(claims.groups);
  if (!role) return no_role();
  if (*role != Role::kOwner) {
    FIT_TRY(const auto user, connection.query_integer("SELECT id FROM users LIMIT 1", {}));
    if (!user) return refused("the first user of this server must be an owner; finish its set-up before");
  }
  // A name that users may not have is left out.
  NewUser wanted{.email = *email, .name = claims.name, .role = *role};
  auto created = create_user(connection, wanted);
  if (!created && created.error().field == "name") {
    wanted.name.clear();
    created = create_user(connection, wanted);
  }
  return created;
}

}  // namespace

Result<User> Identities::sign_in(const ProviderClaims& claims, const GroupRoles& roles) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<User> {
    const std::int64_t time = ticks(now());
    FIT_TRY(const auto linked, find_identity(connection, claims.issuer, claims.subject));
    if (linked) {
      if (!linked->is_enabled()) return refused("your account is disabled");
      FIT_CHECK(follow_groups(connection, *linked, claims, roles));
      FIT_CHECK(
          connection.execute("UPDATE identities SET last_used_at = $1 WHERE issuer = $2 AND subject = $3",
                             {time, std::string_view(claims.issuer), std::string_view(claims.subject)}));
    } else {
      FIT_CHECK(count_access_change(connection));
      FIT_TRY(const User user, user_of_address(connection, claims, roles));
      FIT_CHECK(connection.execute(
          "INSERT INTO identities (issuer, subject, user_id, email, created_at, last_used_at) "
          "VALUES ($1, $2, $3, $4, $5, $5)",
          {std::string_view(claims.issuer), std::string_view(claims.subject), user.id,
           std::string_view(user.email), time}));
    }
    FIT_TRY(auto user, find_identity(connection, claims.issuer, claims.subject));
    if (!user)
      return internal("the sign-in failed; try again", "an identity vanished within its transaction");
    return *std::move(user);
  });
}

Result<std::optional<User>> Identities::find(std::string_view issuer, std::string_view subject) {
  return database_.read(
      [&](SqlConnection& connection) { return find_identity(connection, issuer, subject); });
}

Result<std::vector<Identity>> Identities::list(std::int64_t user) {
  return database_.read([user](SqlConnection& connection) -> Result<std::vector<Identity>> {
    std::vector<Identity> identities;
    FIT_CHECK(connection.query(
        "SELECT issuer, subject, email, created_at, last_used_at FROM identities WHERE user_id = $1 "
        "ORDER BY created_at, issuer",
        {user}, [&identities](const SqlRow& row) {
          identities.push_back({.issuer = std::string(row.text(0)),
                                .subject = std::string(row.text(1)),
                                .email = std::string(row.text(2)),
                                .created_at = time_at(row, 3),
                                .last_used_at = time_at(row, 4)});
        }));
    return identities;
  });
}

}  // namespace fit::accounts
