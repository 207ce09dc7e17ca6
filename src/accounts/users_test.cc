#include "accounts/users.h"

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "accounts/key_secret.h"
#include "accounts/test_database.h"

namespace fit::accounts {
namespace {

class UsersTest : public ::testing::Test {
 protected:
  User add(const std::string& email, Role role) {
    return users.create({.email = email, .name = "A", .role = role}).value();
  }

  TempDir folder;
  std::unique_ptr<sql::Database> database = testing::open_database(folder);
  Accounts accounts{*database, {.idle = std::chrono::hours(2), .lifetime = std::chrono::hours(3)}};
  Users& users = accounts.users();
  Sessions& sessions = accounts.sessions();
};

TEST_F(UsersTest, AddressesAreFoldedAndUnique) {
  EXPECT_TRUE(users.is_empty().value());
  const User ada = add("  Ada@Shop.Example ", Role::kOwner);
  EXPECT_EQ(ada.email, "ada@shop.example");
  EXPECT_FALSE(ada.has_password || ada.has_totp || ada.disabled_at);
  EXPECT_EQ(users.create({.email = "ADA@shop.example"}).error().code, ErrorCode::kConflict);
  EXPECT_EQ(users.find("aDa@shop.example").value()->user.id, ada.id);
  EXPECT_FALSE(users.find("ada").value());
  EXPECT_FALSE(users.is_empty().value());
}

TEST_F(UsersTest, WrongAddressesAndNamesAreNamed) {
  for (const std::string& email :
       {std::string(), std::string("ada"), std::string("@shop.example"), std::string("ada@"),
        std::string("a@b@c"), std::string("a b@shop.example"),
        std::string("a@shop.example\r\nBcc: x@y.example"), std::string("a@shop,example"),
        std::string("<a@shop.example>"), std::string("a@.example"), std::string(250, 'a') + "@b.example",
        std::string("\xff@shop.example"), std::string("a\0@shop.example", 15)}) {
    const auto made = users.create({.email = email});
    ASSERT_FALSE(made) << email;
    EXPECT_EQ(made.error().field, "email");
  }
  for (const std::string& name : {std::string(401, 'x'), std::string("a\nb"), std::string("\xc3")}) {
    EXPECT_EQ(users.create({.email = "a@b.example", .name = name}).error().field, "name");
  }
  EXPECT_TRUE(users.is_empty().value());
}

TEST_F(UsersTest, TheLastOwnerStays) {
  const User ada = add("ada@x.example", Role::kOwner);
  add("eve@x.example", Role::kEditor);
  const auto refused = [](const auto& result) {
    return !result && result.error().code == ErrorCode::kConflict;
  };
  EXPECT_TRUE(refused(users.remove(ada.id)));
  EXPECT_TRUE(refused(users.change(ada.id, {.role = Role::kViewer})));
  EXPECT_TRUE(refused(users.change(ada.id, {.is_disabled = true})));
  const User bob = add("bob@x.example", Role::kOwner);
  EXPECT_TRUE(users.change(bob.id, {.is_disabled = true}));
  EXPECT_TRUE(refused(users.remove(ada.id))) << "a disabled owner does not count";
  EXPECT_TRUE(users.change(bob.id, {.is_disabled = false}));
  EXPECT_EQ(users.change(ada.id, {.name = "Ada", .role = Role::kViewer}).value().role, Role::kViewer);
  EXPECT_TRUE(users.remove(ada.id));
  EXPECT_EQ(users.get(ada.id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(users.remove(ada.id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(users.change(ada.id, {}).error().code, ErrorCode::kNotFound);
}

TEST_F(UsersTest, SessionsAreFoundUntilTheyEnd) {
  const User ada = add("ada@x.example", Role::kOwner);
  const auto one = sessions.begin(ada.id, {.address = "192.0.2.7", .agent = "Browser\r\n1"}).value();
  const auto two = sessions.begin(ada.id, {.address = "192.0.2.8", .agent = std::string(1000, 'x')}).value();
  const auto found = sessions.find(hash_of(one.token)).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user.email, "ada@x.example");
  EXPECT_EQ(found->session.id, one.session.id);
  EXPECT_EQ(found->session.ends_at, one.session.ends_at);
  EXPECT_EQ(found->session.client.agent, "Browser  1");
  EXPECT_FALSE(sessions.find(one.token).value()) << "the hash is stored, not the token";
  EXPECT_EQ(sessions.list(ada.id).value().size(), 2U);
  EXPECT_EQ(sessions.list(ada.id).value().front().id, two.session.id);
  EXPECT_EQ(sessions.end(ada.id + 1, one.session.id).error().code, ErrorCode::kNotFound) << "somebody else's";
  EXPECT_TRUE(sessions.end(ada.id, one.session.id));
  EXPECT_FALSE(sessions.find(hash_of(one.token)).value());
  EXPECT_TRUE(sessions.end(hash_of(two.token)));
  EXPECT_TRUE(sessions.list(ada.id).value().empty());
}

TEST_F(UsersTest, SessionsEndByTime) {
  const User ada = add("ada@x.example", Role::kOwner);
  const auto idle = sessions.begin(ada.id, {}).value();
  const auto old = sessions.begin(ada.id, {}).value();
  const auto alive = sessions.begin(ada.id, {}).value();
  const auto move = [&](const char* column, std::int64_t session, std::chrono::hours age) {
    const std::int64_t by = std::chrono::microseconds(age).count();
    const auto moved = database->write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) {
      return connection.execute(
          std::string("UPDATE sessions SET ") + column + " = " + column + " - $1 WHERE id = $2",
          {by, session});
    });
    EXPECT_EQ(moved.value(), 1);
  };
  move("last_used_at", idle.session.id, std::chrono::hours(2));
  move("expires_at", old.session.id, std::chrono::hours(3));
  move("last_used_at", alive.session.id, std::chrono::hours(1));
  EXPECT_FALSE(sessions.find(hash_of(idle.token)).value());
  EXPECT_FALSE(sessions.find(hash_of(old.token)).value());
  EXPECT_TRUE(sessions.find(hash_of(alive.token)).value());
  const std::vector<Sessions::Use> uses = {{.session = alive.session.id, .at = now()}};
  EXPECT_TRUE(sessions.note_uses(uses));
  move("last_used_at", alive.session.id, std::chrono::hours(1));
  EXPECT_TRUE(sessions.find(hash_of(alive.token)).value());
  EXPECT_EQ(sessions.list(ada.id).value().size(), 1U);
}

TEST_F(UsersTest, ChangesEndSessions) {
  const User ada = add("ada@x.example", Role::kOwner);
  const User eve = add("eve@x.example", Role::kOwner);
  const auto of_eve = sessions.begin(eve.id, {}).value();
  const auto kept = sessions.begin(ada.id, {}).value();
  const auto other = sessions.begin(ada.id, {}).value();
  const auto before = accounts.version().value();
  EXPECT_TRUE(users.set_password(ada.id, "hash", kept.session.id));
  EXPECT_GT(accounts.version().value(), before);
  EXPECT_TRUE(sessions.find(hash_of(kept.token)).value());
  EXPECT_FALSE(sessions.find(hash_of(other.token)).value());
  EXPECT_TRUE(users.set_totp(ada.id, "SECRET", {}, 0));
  EXPECT_FALSE(sessions.find(hash_of(kept.token)).value());
  EXPECT_TRUE(sessions.find(hash_of(of_eve.token)).value());
  EXPECT_TRUE(users.change(eve.id, {.is_disabled = true}));
  EXPECT_TRUE(users.change(eve.id, {.is_disabled = false}));
  EXPECT_FALSE(sessions.find(hash_of(of_eve.token)).value()) << "enabling does not bring sessions back";
  const auto removed = sessions.begin(eve.id, {}).value();
  EXPECT_TRUE(users.remove(eve.id));
  EXPECT_FALSE(sessions.find(hash_of(removed.token)).value());
}

TEST_F(UsersTest, CodesWorkOnce) {
  const User ada = add("ada@x.example", Role::kOwner);
  EXPECT_TRUE(users.use_totp_step(ada.id, 10).value());
  EXPECT_FALSE(users.use_totp_step(ada.id, 10).value());
  EXPECT_FALSE(users.use_totp_step(ada.id, 9).value());
  EXPECT_TRUE(users.use_totp_step(ada.id, 11).value());
  const std::vector<std::string> hashes = {hash_of("a"), hash_of("b")};
  EXPECT_TRUE(users.set_totp(ada.id, "SECRET", hashes, 0));
  EXPECT_TRUE(users.use_recovery_code(ada.id, hash_of("a")).value());
  EXPECT_FALSE(users.use_recovery_code(ada.id, hash_of("a")).value());
  EXPECT_FALSE(users.use_recovery_code(ada.id + 1, hash_of("b")).value());
}

TEST_F(UsersTest, TextsOfUsersAreNoSql) {
  const std::string text = "'); DROP TABLE users; --";
  const User ada = users.create({.email = "o'neil@x.example", .name = text}).value();
  EXPECT_EQ(users.get(ada.id).value().name, text);
  EXPECT_FALSE(users.find(text).value());
  EXPECT_FALSE(sessions.find(text).value());
  EXPECT_FALSE(accounts.links().find(text).value());
}

TEST_F(UsersTest, RolesOfNewerVersionsMayNotWrite) {
  for (const std::string_view name : kRoleNames) {
    EXPECT_EQ(to_string(stored_role(name)), name);
    if (name == "none") continue;
    EXPECT_EQ(to_string(parse_role("role", name).value()), name);
  }
  EXPECT_FALSE(parse_role("role", "none"));
  EXPECT_FALSE(parse_role("role", "admin"));
  EXPECT_TRUE(scopes_of(Role::kOwner).contains_all(Scopes::all_of_keys()));
  for (const Role role : {Role::kEditor, Role::kViewer, Role::kShopper}) {
    EXPECT_FALSE(scopes_of(role).contains(Scope::kAdmin));
    EXPECT_TRUE(scopes_of(role).contains(Scope::kAccount));
  }
  EXPECT_FALSE(scopes_of(Role::kViewer).contains(Scope::kItemsWrite));
}

}  // namespace
}  // namespace fit::accounts
