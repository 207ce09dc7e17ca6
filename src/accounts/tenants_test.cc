#include "accounts/tenants.h"

#include <gtest/gtest.h>

#include <map>

#include "accounts/accounts.h"
#include "accounts/test_database.h"

namespace fit::accounts {
namespace {

class TenantsTest : public ::testing::Test {
 protected:
  void create(const std::string& name) {
    ASSERT_TRUE(tenants.begin_creation(name, {}));
    ASSERT_TRUE(tenants.finish_creation(name));
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    const auto listed = tenants.list();
    for (const Tenant& tenant : *listed) found.push_back(tenant.name);
    return found;
  }
  static ErrorCode code_of(const auto& result) { return result ? ErrorCode{} : result.error().code; }

  TempDir folder;
  std::unique_ptr<sql::Database> database = testing::open_database(folder);
  Accounts accounts{*database};
  Tenants& tenants = accounts.tenants();
};

TEST_F(TenantsTest, NamesAreThoseOfFoldersAndSchemas) {
  for (const char* name : {"a", "0", "my-shop_2", "default"})
    EXPECT_TRUE(check_tenant_name("name", name)) << name;
  EXPECT_TRUE(check_tenant_name("name", std::string(63, 'x')));
  for (const std::string& name :
       {std::string(), std::string("A"), std::string("-a"), std::string("_a"), std::string("a.b"),
        std::string(".."), std::string("a/b"), std::string("a b"), std::string("ä"), std::string("a\0b", 3),
        std::string(64, 'x'), std::string("a\n"), std::string("a\"; DROP SCHEMA public; --")}) {
    const auto checked = check_tenant_name("name", name);
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().field, "name");
    EXPECT_EQ(tenants.begin_creation(name, {}).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(code_of(tenants.get(name)), ErrorCode::kNotFound);
  }
}

TEST_F(TenantsTest, ATenantExistsForOthersWhenItIsComplete) {
  const TenantChange given{.settings = std::map<std::string, std::string>{{"thumbnail_size", "99"}},
                           .quotas = TenantQuotas{.items = 5}};
  EXPECT_EQ(tenants.begin_creation("shop", given)->state, TenantState::kCreating);
  EXPECT_TRUE(names().empty());
  EXPECT_EQ(code_of(tenants.get("shop")), ErrorCode::kNotFound);
  const auto again = tenants.begin_creation("shop", given);  // after an interruption
  ASSERT_TRUE(again);
  EXPECT_EQ(tenants.finish_creation("shop")->quotas.items, 5);
  EXPECT_EQ(tenants.get("shop")->settings.at("thumbnail_size"), "99");
  EXPECT_EQ(tenants.begin_creation("shop", {}).error().code, ErrorCode::kConflict);
  EXPECT_EQ(tenants.finish_creation("shop").error().code, ErrorCode::kConflict);
  EXPECT_EQ(tenants.begin_creation("default", {}).error().code, ErrorCode::kConflict);
}

TEST_F(TenantsTest, ATenantThatIsBeingRemovedIsGoneForOthers) {
  create("shop");
  const std::int64_t id = tenants.get("shop")->id;
  const auto key = accounts.keys().create({.tenant = "shop",
                                           .name = "k",
                                           .scopes = {Scope::kSearch},
                                           .filters = {},
                                           .rate_limit = {},
                                           .expires_at = {}},
                                          "test");
  ASSERT_TRUE(key);
  EXPECT_EQ(tenants.begin_removal("shop")->state, TenantState::kReady);
  EXPECT_TRUE(names().empty());
  EXPECT_EQ(tenants.begin_creation("shop", {}).error().code, ErrorCode::kConflict);
  ASSERT_TRUE(tenants.cancel_removal("shop"));
  EXPECT_EQ(names(), std::vector<std::string>{"shop"});
  ASSERT_TRUE(tenants.begin_removal("shop"));
  EXPECT_EQ(tenants.begin_removal("shop")->state, TenantState::kRemoving);
  ASSERT_TRUE(tenants.finish_removal("shop"));
  EXPECT_EQ(code_of(accounts.keys().get(key->key.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(tenants.begin_removal("shop")), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(tenants.begin_removal("default")), ErrorCode::kConflict);
  create("shop");
  EXPECT_NE(tenants.get("shop")->id, id);
}

TEST_F(TenantsTest, ChangesCountAsChangesOfRights) {
  const auto version = [&] { return accounts.version().value(); };
  std::int64_t before = version();
  create("shop");
  EXPECT_GT(version(), std::exchange(before, version()));
  ASSERT_TRUE(tenants.change("shop", {.quotas = TenantQuotas{.bytes = 9}}));
  EXPECT_GT(version(), std::exchange(before, version()));
  EXPECT_EQ(tenants.get("shop")->quotas.bytes, 9);
  EXPECT_EQ(code_of(tenants.change("none", {})), ErrorCode::kNotFound);
}

TEST_F(TenantsTest, AUserMayEnterSeveralTenants) {
  create("a");
  create("b");
  const User owner = accounts.users().create({.email = "own@x.example", .role = Role::kOwner}).value();
  const auto eve = tenants.add_member("a", {.email = "eve@x.example", .role = Role::kOwner});
  ASSERT_TRUE(eve && eve->is_new);
  EXPECT_EQ(eve->user.role, Role::kOwner);
  EXPECT_EQ(accounts.users().get(eve->user.id)->role, Role::kNone) << "nothing in default";
  EXPECT_TRUE(scopes_of(Role::kNone).without({Scope::kAccount}).empty());
  const auto again = tenants.add_member("b", {.email = "EVE@x.example", .role = Role::kViewer});
  ASSERT_TRUE(again && !again->is_new);
  EXPECT_EQ(again->user.id, eve->user.id);
  EXPECT_EQ(tenants.add_member("b", {.email = "eve@x.example"}).error().field, "email");
  EXPECT_EQ(tenants.roles_of(eve->user.id).value(),
            (std::map<std::string, Role>{{"a", Role::kOwner}, {"b", Role::kViewer}}));
  EXPECT_EQ(tenants.members("a")->size(), 1U);
  EXPECT_EQ(tenants.members("default")->size(), 1U);
  EXPECT_EQ(code_of(tenants.member("default", eve->user.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(tenants.member("a", owner.id)), ErrorCode::kNotFound);
  EXPECT_TRUE(tenants.is_member_elsewhere("a", eve->user.id).value());
  EXPECT_FALSE(tenants.is_member_elsewhere("default", owner.id).value());
  ASSERT_TRUE(tenants.add_member("default", {.email = "eve@x.example", .role = Role::kEditor}));
  EXPECT_EQ(tenants.member("default", eve->user.id)->role, Role::kEditor);
}

TEST_F(TenantsTest, AUserLivesAsLongAsThereIsATenantToEnter) {
  create("a");
  create("b");
  const User owner = accounts.users().create({.email = "own@x.example", .role = Role::kOwner}).value();
  const std::int64_t eve = tenants.add_member("a", {.email = "eve@x.example"})->user.id;
  ASSERT_TRUE(tenants.set_role("b", eve, Role::kEditor));
  ASSERT_TRUE(tenants.set_role("b", owner.id, Role::kViewer));
  ASSERT_TRUE(tenants.remove_member("a", eve));
  EXPECT_EQ(code_of(tenants.remove_member("a", eve)), ErrorCode::kNotFound);
  EXPECT_EQ(tenants.member("b", eve)->role, Role::kEditor);
  ASSERT_TRUE(tenants.begin_removal("b"));
  ASSERT_TRUE(tenants.finish_removal("b"));
  EXPECT_EQ(code_of(accounts.users().get(eve)), ErrorCode::kNotFound);
  EXPECT_EQ(accounts.users().get(owner.id)->role, Role::kOwner);
  EXPECT_EQ(code_of(tenants.remove_member("default", owner.id)), ErrorCode::kConflict) << "the last owner";
  EXPECT_EQ(code_of(tenants.set_role("a", 999, Role::kOwner)), ErrorCode::kNotFound);
}

TEST_F(TenantsTest, RequestsAreCountedByDay) {
  EXPECT_EQ(tenants.add_requests("a", 10, 0).value(), 0);
  EXPECT_EQ(tenants.add_requests("a", 10, 5).value(), 5);
  EXPECT_EQ(tenants.add_requests("b", 10, 1).value(), 1);
  EXPECT_EQ(tenants.add_requests("a", 10, 2).value(), 7);
  EXPECT_EQ(tenants.add_requests("a", 11, 1).value(), 1);
  EXPECT_EQ(tenants.add_requests("a", 12, 1).value(), 1);
  EXPECT_EQ(tenants.add_requests("a", 10, 0).value(), 0) << "the counts of old days are removed";
}

}  // namespace
}  // namespace fit::accounts
