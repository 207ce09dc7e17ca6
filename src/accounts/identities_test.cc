#include "accounts/identities.h"

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "accounts/test_database.h"

namespace fit::accounts {
namespace {

class IdentitiesTest : public ::testing::Test {
 protected:
  Result<User> sign_in(const ProviderClaims& claims) { return identities().sign_in(claims, roles_); }
  Identities& identities() { return accounts_.identities(); }
  Users& users() { return accounts_.users(); }

  ErrorCode refusal(const ProviderClaims& claims) {
    const auto signed_in = sign_in(claims);
    return signed_in ? ErrorCode::kInternal : signed_in.error().code;
  }

  static ProviderClaims ann() {
    return {.issuer = "https://id.example",
            .subject = "1",
            .email = "Ann@Shop.example",
            .is_email_verified = true,
            .name = "Ann",
            .groups = {"staff"},
            .expires_at = now()};
  }

  TempDir folder_;
  std::unique_ptr<sql::Database> database_ = testing::open_database(folder_);
  Accounts accounts_{*database_};
  GroupRoles roles_ = GroupRoles::parse("staff=editor,admins=owner", "").value();
  User owner_ = users().create({.email = "owner@shop.example", .role = Role::kOwner}).value();
};

TEST_F(IdentitiesTest, ANewPersonBecomesAUserOnce) {
  const User first = sign_in(ann()).value();
  EXPECT_EQ(first.email, "ann@shop.example");
  EXPECT_EQ(first.name, "Ann");
  EXPECT_EQ(first.role, Role::kEditor);
  EXPECT_FALSE(first.has_password);
  ProviderClaims later = ann();
  later.email = "new@shop.example";  // the subject counts
  later.is_email_verified = false;
  EXPECT_EQ(sign_in(later).value().id, first.id);
  EXPECT_EQ(identities().find("https://id.example", "1").value()->id, first.id);
  EXPECT_FALSE(identities().find("https://id.example", "2").value());
  EXPECT_FALSE(identities().find("https://other.example", "1").value());
  EXPECT_EQ(identities().list(first.id).value().size(), 1);
}

TEST_F(IdentitiesTest, AnAddressIsLinkedOnlyIfItIsVerified) {
  const User invited = users().create({.email = "ann@shop.example", .role = Role::kViewer}).value();
  ProviderClaims claims = ann();
  claims.is_email_verified = false;
  EXPECT_EQ(refusal(claims), ErrorCode::kForbidden);
  claims.email.clear();
  claims.is_email_verified = true;
  EXPECT_EQ(refusal(claims), ErrorCode::kForbidden);
  claims.email = "no address";
  EXPECT_EQ(refusal(claims), ErrorCode::kForbidden);
  EXPECT_EQ(users().list()->size(), 2);
  EXPECT_EQ(sign_in(ann()).value().id, invited.id);
  EXPECT_EQ(users().get(invited.id)->role, Role::kEditor) << "groups decide";
}

TEST_F(IdentitiesTest, AnotherPersonDoesNotGetAnAddressThatIsLinked) {
  const User first = sign_in(ann()).value();
  ProviderClaims other = ann();
  other.subject = "2";
  EXPECT_EQ(refusal(other), ErrorCode::kForbidden);
  EXPECT_EQ(identities().list(first.id).value().size(), 1);
}

TEST_F(IdentitiesTest, GroupsDecideAtEachSignIn) {
  const User first = sign_in(ann()).value();
  ProviderClaims claims = ann();
  claims.groups = {"admins"};
  EXPECT_EQ(sign_in(claims).value().role, Role::kOwner);
  claims.groups = {};
  EXPECT_EQ(refusal(claims), ErrorCode::kForbidden);
  EXPECT_EQ(users().get(first.id)->role, Role::kOwner) << "a refusal changes nothing";
  claims.groups = {"staff"};
  EXPECT_EQ(sign_in(claims).value().role, Role::kEditor);
}

TEST_F(IdentitiesTest, TheLastOwnerStays) {
  ProviderClaims claims = ann();
  claims.email = owner_.email;
  EXPECT_EQ(sign_in(claims).value().id, owner_.id);
  EXPECT_EQ(users().get(owner_.id)->role, Role::kOwner);
}

TEST_F(IdentitiesTest, WithoutGroupRolesUsersKeepTheirs) {
  roles_ = GroupRoles::parse("", "shopper").value();
  const User first = sign_in(ann()).value();
  EXPECT_EQ(first.role, Role::kShopper);
  ASSERT_TRUE(users().change(first.id, {.role = Role::kEditor}));
  EXPECT_EQ(sign_in(ann()).value().role, Role::kEditor);
  roles_ = {};
  EXPECT_EQ(sign_in(ann()).value().role, Role::kEditor);
  ProviderClaims other = ann();
  other.subject = "2";
  other.email = "bea@shop.example";
  EXPECT_EQ(refusal(other), ErrorCode::kForbidden);
}

TEST_F(IdentitiesTest, DisabledUsersStayOut) {
  const User first = sign_in(ann()).value();
  ASSERT_TRUE(users().change(first.id, {.is_disabled = true}));
  EXPECT_EQ(refusal(ann()), ErrorCode::kForbidden);
  const User invited = users().create({.email = "bea@shop.example"}).value();
  ASSERT_TRUE(users().change(invited.id, {.is_disabled = true}));
  ProviderClaims bea = ann();
  bea.subject = "2";
  bea.email = "bea@shop.example";
  EXPECT_EQ(refusal(bea), ErrorCode::kForbidden);
}

TEST_F(IdentitiesTest, ANameThatUsersMayNotHaveIsLeftOut) {
  ProviderClaims claims = ann();
  claims.name = "two\nlines";
  EXPECT_EQ(sign_in(claims).value().name, "");
}

TEST_F(IdentitiesTest, RemovedUsersLoseTheirIdentity) {
  const User first = sign_in(ann()).value();
  ASSERT_TRUE(users().remove(first.id));
  EXPECT_FALSE(identities().find("https://id.example", "1").value());
  EXPECT_NE(sign_in(ann()).value().id, first.id);
}

TEST(IdentitiesOfANewServer, TheFirstUserIsAnOwner) {
  const TempDir folder;
  const auto database = testing::open_database(folder);
  Accounts accounts(*database);
  const GroupRoles roles = GroupRoles::parse("admins=owner", "viewer").value();
  ProviderClaims claims{
      .issuer = "https://id.example", .subject = "1", .email = "ann@shop.example", .is_email_verified = true};
  EXPECT_EQ(accounts.identities().sign_in(claims, roles).error().code, ErrorCode::kForbidden);
  EXPECT_TRUE(accounts.users().is_empty().value());
  claims.groups = {"admins"};
  EXPECT_EQ(accounts.identities().sign_in(claims, roles).value().role, Role::kOwner);
}

}  // namespace
}  // namespace fit::accounts
