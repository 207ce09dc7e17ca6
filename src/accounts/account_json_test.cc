#include "accounts/account_json.h"

#include <gtest/gtest.h>

namespace fit::accounts {
namespace {

TEST(AccountJson, WritesKeysWithWhatTheyLack) {
  ApiKey key;
  key.id = 7;
  key.prefix = "fit_abc";
  key.created_by = "user:1";
  key.options.name = "shop";
  key.options.scopes = {Scope::kSearch};
  const Json json = key_json(key);
  EXPECT_EQ(json["id"], "7");
  EXPECT_EQ(json["scopes"], Json::array({"search"}));
  for (const char* name : {"filters", "rate_limit", "expires_at", "last_used_at", "revoked_at"})
    EXPECT_TRUE(json.at(name).is_null()) << name;
  EXPECT_FALSE(json.contains("secret"));
  key.options.filters = R"({"source":"mine"})";
  EXPECT_EQ(key_json(key)["filters"]["source"], "mine");
  EXPECT_EQ(issued_key_json({.key = key, .secret = "fit_secret"})["secret"], "fit_secret");
  EXPECT_EQ(key_audit_detail(key).dump(), R"({"name":"shop","scopes":["search"]})");
}

TEST(AccountJson, WritesUsersWithoutSecrets) {
  User user;
  user.id = 3;
  user.email = "ann@example.org";
  user.role = Role::kEditor;
  const Json json = user_json(user);
  EXPECT_EQ(json["role"], "editor");
  EXPECT_EQ(json["has_password"], false);
  EXPECT_TRUE(json.at("disabled_at").is_null());
}

}  // namespace
}  // namespace fit::accounts
