#include "accounts/scopes.h"

#include <gtest/gtest.h>

namespace fit::accounts {
namespace {

Result<Scopes> parse(const std::vector<std::string>& names) {
  return Scopes::parse("scopes", names);
}

TEST(Scopes, ReadsNames) {
  EXPECT_EQ(*parse({"search", "items:read", "search"}), (Scopes{Scope::kSearch, Scope::kItemsRead}));
  EXPECT_EQ(*parse({"*"}), Scopes::all_of_keys());
  EXPECT_FALSE(parse({"*"})->contains(Scope::kAccount)) << "a key is no user";
}

TEST(Scopes, RefusesUnknownNamesAndNone) {
  for (const auto& names :
       std::vector<std::vector<std::string>>{{}, {"serach"}, {"search", ""}, {"account"}, {"SEARCH"}}) {
    const auto scopes = parse(names);
    ASSERT_FALSE(scopes);
    EXPECT_EQ(scopes.error().field, "scopes");
    EXPECT_NE(scopes.error().message.find("items:write"), std::string::npos)
        << "the message lists the scopes";
  }
}

TEST(Scopes, ComeBackFromText) {
  const Scopes scopes{Scope::kSearch, Scope::kAdmin};
  EXPECT_EQ(scopes.text(), "search admin");
  EXPECT_EQ(Scopes::from_text(scopes.text()), scopes);
  EXPECT_EQ(Scopes::from_text("search of:tomorrow admin"), scopes)
      << "a scope of a newer version gives no rights";
  EXPECT_TRUE(Scopes::from_text("").empty());
}

TEST(Scopes, ContainOthers) {
  const Scopes scopes{Scope::kSearch, Scope::kItemsRead};
  EXPECT_TRUE(scopes.contains_all({Scope::kSearch}));
  EXPECT_TRUE(scopes.contains_all({}));
  EXPECT_FALSE(scopes.contains_all({Scope::kSearch, Scope::kAdmin}));
}

}  // namespace
}  // namespace fit::accounts
