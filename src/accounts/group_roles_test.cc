#include "accounts/group_roles.h"

#include <gtest/gtest.h>

namespace fit::accounts {
namespace {

std::optional<Role> role_of(const GroupRoles& roles, const std::vector<std::string>& groups) {
  return roles.role_of(groups);
}

TEST(GroupRoles, TheGroupThatGivesMostDecides) {
  const auto roles = GroupRoles::parse(" staff = editor, /admins=owner,a=b=viewer,", "").value();
  EXPECT_TRUE(roles.decide());
  EXPECT_EQ(role_of(roles, {"staff"}), Role::kEditor);
  EXPECT_EQ(role_of(roles, {"staff", "/admins", "other"}), Role::kOwner);
  EXPECT_EQ(role_of(roles, {"a=b"}), Role::kViewer);
  EXPECT_EQ(role_of(roles, {"Staff", "admins", ""}), std::nullopt);
  EXPECT_EQ(role_of(roles, {}), std::nullopt);
}

TEST(GroupRoles, TheDefaultIsForEverybodyElse) {
  const auto roles = GroupRoles::parse("staff=editor", "shopper").value();
  EXPECT_EQ(role_of(roles, {"staff"}), Role::kEditor);
  EXPECT_EQ(role_of(roles, {"other"}), Role::kShopper);
  EXPECT_FALSE(GroupRoles::parse("", "viewer").value().decide());
  EXPECT_EQ(role_of(GroupRoles(), {"staff"}), std::nullopt);
}

TEST(GroupRoles, MistakesNameTheSetting) {
  for (const char* text : {"staff", "=owner", "staff=boss", "staff=", "staff=editor;admins=owner"}) {
    EXPECT_EQ(GroupRoles::parse(text, "").error().field, "OIDC_ROLES") << text;
  }
  EXPECT_EQ(GroupRoles::parse("", "boss").error().field, "OIDC_DEFAULT_ROLE");
}

}  // namespace
}  // namespace fit::accounts
