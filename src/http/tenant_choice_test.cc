#include "http/tenant_choice.h"

#include <gtest/gtest.h>

namespace fit::http {
namespace {

using accounts::Role;
using accounts::Scope;

// A request whose headers and query live as long as the object.
struct Chosen {
  std::vector<std::string> tenants = {};
  std::string path = "/api/v1/items";
  std::string query = {};

  Result<Principal> enter(Principal caller) const {
    Request request;
    request.path = path;
    request.query = query;
    for (const std::string& tenant : tenants) request.headers.add("x-tenant", tenant);
    return in_chosen_tenant(std::move(caller), request);
  }
};

Principal key_of(const std::string& tenant) {
  return {.id = "key:7", .scopes = {Scope::kSearch}, .tenant = tenant, .key_id = 7};
}

Principal user_with(Role role, std::map<std::string, Role> roles) {
  accounts::User user;
  user.id = 3;
  user.role = role;
  return user_principal(user, std::move(roles));
}

TEST(TenantChoiceTest, WithoutAChoiceEverybodyIsAtHome) {
  EXPECT_EQ(Chosen().enter(key_of("shop"))->tenant, "shop");
  EXPECT_EQ(Chosen().enter(Principal::local())->tenant, "default");
  EXPECT_EQ(Chosen().enter(user_with(Role::kOwner, {{"a", Role::kViewer}}))->tenant, "default");
  const Principal member = user_with(Role::kNone, {{"a", Role::kEditor}});
  EXPECT_EQ(member.tenant, "a") << "the only tenant";
  EXPECT_EQ(member.scopes, accounts::scopes_of(Role::kEditor));
  const Principal stranger = user_with(Role::kNone, {{"a", Role::kEditor}, {"b", Role::kOwner}});
  EXPECT_EQ(stranger.tenant, "default");
  EXPECT_EQ(stranger.scopes, accounts::Scopes{Scope::kAccount});
}

TEST(TenantChoiceTest, AKeyIsOfOneTenant) {
  EXPECT_TRUE(Chosen{.tenants = {"shop"}}.enter(key_of("shop")));
  for (const char* other : {"default", "none"}) {
    const auto refused = Chosen{.tenants = {other}}.enter(key_of("shop"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
    EXPECT_EQ(refused.error().field, "X-Tenant");
  }
  EXPECT_EQ(Chosen{.tenants = {"shop"}}.enter(key_of("default")).error().code, ErrorCode::kForbidden);
}

TEST(TenantChoiceTest, AUserHasARoleByTenant) {
  const Principal user = user_with(Role::kViewer, {{"a", Role::kOwner}});
  const auto entered = Chosen{.tenants = {"a"}}.enter(user);
  ASSERT_TRUE(entered);
  EXPECT_EQ(entered->tenant, "a");
  EXPECT_TRUE(entered->scopes.contains(Scope::kAdmin));
  EXPECT_FALSE(user.scopes.contains(Scope::kAdmin));
  EXPECT_EQ(Chosen{.tenants = {"default"}}.enter(*entered)->scopes, accounts::scopes_of(Role::kViewer));
  const auto unknown = Chosen{.tenants = {"none"}}.enter(user);
  const auto foreign = Chosen{.tenants = {"b"}}.enter(user);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(foreign.error().message, unknown.error().message);
  EXPECT_EQ(Chosen{.tenants = {"default"}}.enter(user_with(Role::kNone, {{"a", Role::kOwner}})).error().code,
            ErrorCode::kNotFound);
}

TEST(TenantChoiceTest, WhoeverReachesAnOpenServerMayChooseAndTheAnonymousMayNot) {
  EXPECT_EQ(Chosen{.tenants = {"a"}}.enter(Principal::local())->tenant, "a");
  EXPECT_EQ(Chosen{.tenants = {"a"}}.enter(Principal()).error().code, ErrorCode::kUnauthorized);
  EXPECT_TRUE(Chosen{.tenants = {"default"}}.enter(Principal()));
}

TEST(TenantChoiceTest, HostileNamesAreRefused) {
  for (const char* name : {"", ".", "..", "../x", "A", "a b", "a'--", "ä", "a%2fb"}) {
    const auto refused = Chosen{.tenants = {name}}.enter(Principal::local());
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(refused.error().field, "X-Tenant");
  }
  EXPECT_EQ((Chosen{.tenants = {"a", "b"}}.enter(Principal::local()).error().code), ErrorCode::kInvalid);
  EXPECT_TRUE((Chosen{.tenants = {"a", "a"}}.enter(Principal::local())));
}

Result<std::vector<Principal>> named(const Principal& caller, const std::vector<std::string>& names) {
  return in_named_tenants(caller, names,
                          [] { return std::vector<std::string>{"default", "a", "b", "shop"}; });
}

std::string names_of(const Result<std::vector<Principal>>& callers) {
  std::string names;
  for (const Principal& one : *callers) names += (names.empty() ? "" : " ") + one.tenant;
  return names;
}

TEST(NamedTenants, OfAUserAreThoseOfTheirRoles) {
  const Principal user = user_with(Role::kOwner, {{"b", Role::kViewer}, {"a", Role::kEditor}});
  EXPECT_EQ(names_of(named(user, {"*"})), "a b default");
  EXPECT_EQ(names_of(named(user, {"b", "a"})), "a b") << "by name";
  const auto entered = named(user, {"b"});
  EXPECT_EQ(entered->front().scopes, accounts::scopes_of(Role::kViewer))
      << "not those of the owner of default";
  const auto unknown = named(user, {"a", "none"});
  const auto foreign = named(user, {"a", "shop"});
  ASSERT_FALSE(unknown);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(foreign.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(foreign.error().message, "there is no tenant \"shop\"");
  EXPECT_EQ(unknown.error().message, "there is no tenant \"none\"");
  EXPECT_EQ(named(user_with(Role::kNone, {}), {"*"}).error().code, ErrorCode::kForbidden);
}

TEST(NamedTenants, OfAKeyIsItsOwn) {
  EXPECT_EQ(names_of(named(key_of("shop"), {"*"})), "shop");
  EXPECT_EQ(names_of(named(key_of("shop"), {"shop"})), "shop");
  for (const char* other : {"default", "none"}) {
    const auto refused = named(key_of("shop"), {"shop", other});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
    EXPECT_EQ(refused.error().field, "tenants");
  }
}

TEST(NamedTenants, OfAnybodyAreAllOfAnOpenServerAndDefaultOtherwise) {
  EXPECT_EQ(names_of(named(Principal::local(), {"*"})), "a b default shop");
  EXPECT_EQ(named(Principal::local(), {"none"}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(names_of(named(Principal(), {"*"})), "default");
  EXPECT_EQ(named(Principal(), {"a"}).error().code, ErrorCode::kUnauthorized);
}

TEST(NamedTenants, AreBounded) {
  const auto many = [] {
    std::vector<std::string> names;
    for (int i = 0; i < 300; ++i) names.push_back("t" + std::to_string(i));
    return names;
  };
  EXPECT_EQ(in_named_tenants(Principal::local(), {"*"}, many).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(names_of(in_named_tenants(Principal::local(), {"t7"}, many)), "t7");
}

TEST(TenantChoiceTest, AddressesOfImagesNameTheirTenant) {
  const Chosen image{.path = "/images/7", .query = "tenant=a"};
  EXPECT_EQ(image.enter(Principal::local())->tenant, "a");
  EXPECT_EQ(image.enter(key_of("shop")).error().code, ErrorCode::kForbidden);
  for (const char* path : {"/api/v1/assets/7/content", "/api/v1/assets/7/thumbnail",
                           "/api/v1/assets/7/frames/1", "/api/v1/wardrobe/7/photos/1",
                           "/api/v1/wardrobe/7/photos/1/thumbnail", "/api/v1/outfits/7/picture"}) {
    const Chosen file{.path = path, .query = "tenant=a"};
    EXPECT_EQ(file.enter(Principal::local())->tenant, "a") << path;
    EXPECT_EQ(file.enter(key_of("shop")).error().code, ErrorCode::kForbidden) << path;
  }
  const Chosen asset{.path = "/api/v1/assets/7", .query = "tenant=a"};
  EXPECT_EQ(asset.enter(Principal::local())->tenant, "default");
  const Chosen garment{.path = "/api/v1/wardrobe/7", .query = "tenant=a"};
  EXPECT_EQ(garment.enter(Principal::local())->tenant, "default");
  const Chosen outfit{.path = "/api/v1/outfits/7", .query = "tenant=a"};
  EXPECT_EQ(outfit.enter(Principal::local())->tenant, "default");
  const Chosen other{.path = "/api/v1/items", .query = "tenant=a"};
  EXPECT_EQ(other.enter(Principal::local())->tenant, "default");
  const Chosen both{.tenants = {"b"}, .path = "/images/7", .query = "tenant=a"};
  EXPECT_EQ(both.enter(Principal::local()).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace fit::http
