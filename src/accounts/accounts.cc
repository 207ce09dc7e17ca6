#include "accounts/accounts.h"

namespace fit::accounts {

using sql::SqlConnection;

Result<Accounts::Link> Accounts::make_link(const User& user) {
  if (!user.is_enabled())
    return Error{ErrorCode::kConflict, "the user is disabled; enable them before", {}, {}};
  Link link{.purpose = user.has_password ? LinkPurpose::kReset : LinkPurpose::kInvitation, .token = {}};
  FIT_TRY(link.token, links_.create(link.purpose, user.id));
  return link;
}

Result<User> Accounts::use_link(const std::string& token, const OneTimeLink& link, const NewUser& owner,
                                const std::string& password_hash) {
  FIT_TRY(const std::int64_t id,
          database_.write(sql::Ordering::kUnordered, [&](SqlConnection& connection) -> Result<std::int64_t> {
            FIT_CHECK(count_access_change(connection));
            FIT_CHECK(accounts::use_link(connection, token));
            std::int64_t user = link.user_id.value_or(0);
            if (!link.user_id) {
              FIT_TRY(const auto other, connection.query_integer("SELECT id FROM users LIMIT 1", {}));
              if (other) return not_found("the set-up is done: there is a user already");
              FIT_TRY(const User created, create_user(connection, owner));
              user = created.id;
            }
            if (link.user_id && !owner.name.empty()) FIT_CHECK(store_name(connection, user, owner.name));
            FIT_CHECK(store_password(connection, user, password_hash, 0));
            FIT_CHECK(connection.execute("DELETE FROM one_time_links WHERE user_id = $1", {user}));
            return user;
          }));
  return users_.get(id);
}

}  // namespace fit::accounts
