#include "accounts/favourites.h"

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "accounts/test_database.h"

namespace fit::accounts {
namespace {

class FavouritesTest : public ::testing::Test {
 protected:
  Favourites& favourites() { return accounts_.favourites(); }
  FavouriteOwner owner(const char* email, const char* tenant = "default") {
    const User user = accounts_.users().create({.email = email}).value();
    return {.user_id = user.id, .tenant = tenant};
  }

  TempDir folder_;
  std::unique_ptr<sql::Database> database_ = testing::open_database(folder_);
  Accounts accounts_{*database_};
  FavouriteOwner ann_ = owner("ann@shop.example");
  FavouriteOwner bea_ = owner("bea@shop.example");
};

TEST_F(FavouritesTest, AreKeptInNamedLists) {
  const FavouriteList coats = favourites().create(ann_, " Coats ").value();
  EXPECT_EQ(coats.name, "Coats");
  EXPECT_TRUE(favourites().add(ann_, coats.id, ItemId{7}).value());
  EXPECT_TRUE(favourites().add(ann_, coats.id, ItemId{8}).value());
  EXPECT_FALSE(favourites().add(ann_, coats.id, ItemId{7}).value()) << "it is there already";
  ASSERT_EQ(favourites().get(ann_, coats.id)->items.size(), 2);
  ASSERT_TRUE(favourites().remove(ann_, coats.id, ItemId{7}));
  EXPECT_EQ(favourites().remove(ann_, coats.id, ItemId{7}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(favourites().get(ann_, coats.id)->items.front().item, ItemId{8});
  EXPECT_EQ(favourites().rename(ann_, coats.id, "Winter")->name, "Winter");
  EXPECT_EQ(favourites().rename(ann_, coats.id, "Winter")->name, "Winter");
  EXPECT_EQ(favourites().list(ann_)->size(), 1);
  ASSERT_TRUE(favourites().remove(ann_, coats.id));
  EXPECT_TRUE(favourites().list(ann_)->empty());
}

TEST_F(FavouritesTest, ListsOfOthersDoNotExist) {
  const std::int64_t list = favourites().create(ann_, "Coats")->id;
  ASSERT_TRUE(favourites().add(ann_, list, ItemId{7}));
  const FavouriteOwner elsewhere{.user_id = ann_.user_id, .tenant = "other"};
  for (const FavouriteOwner& other : {bea_, elsewhere}) {
    EXPECT_TRUE(favourites().list(other)->empty());
    EXPECT_EQ(favourites().get(other, list).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(favourites().rename(other, list, "x").error().code, ErrorCode::kNotFound);
    EXPECT_EQ(favourites().add(other, list, ItemId{8}).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(favourites().remove(other, list, ItemId{7}).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(favourites().remove(other, list).error().code, ErrorCode::kNotFound);
  }
  EXPECT_EQ(favourites().get(ann_, list)->items.size(), 1);
  EXPECT_TRUE(favourites().create(bea_, "Coats")) << "names are one owner's";
  EXPECT_TRUE(favourites().create(elsewhere, "Coats"));
  EXPECT_EQ(favourites().list(ann_.user_id)->size(), 2) << "of all tenants";
}

TEST_F(FavouritesTest, BadNamesAreRefused) {
  ASSERT_TRUE(favourites().create(ann_, "Coats"));
  const std::int64_t list = favourites().create(ann_, "Shoes")->id;
  EXPECT_EQ(favourites().create(ann_, "Coats").error().code, ErrorCode::kConflict);
  EXPECT_EQ(favourites().rename(ann_, list, "Coats").error().code, ErrorCode::kConflict);
  for (const std::string& name : {std::string(), std::string("  "), std::string("a\nb"), std::string("\xff"),
                                  std::string(201, 'a'), std::string("a\0b", 3)}) {
    EXPECT_EQ(favourites().create(ann_, name).error().field, "name");
    EXPECT_EQ(favourites().rename(ann_, list, name).error().field, "name");
  }
  EXPECT_EQ(favourites().list(ann_)->size(), 2);
}

TEST_F(FavouritesTest, AreLimited) {
  for (std::size_t i = 0; i < Favourites::kMaxLists; ++i) {
    ASSERT_TRUE(favourites().create(ann_, std::to_string(i)));
  }
  EXPECT_EQ(favourites().create(ann_, "more").error().code, ErrorCode::kConflict);
  const std::int64_t list = favourites().list(ann_)->front().id;
  for (std::size_t i = 1; i <= Favourites::kMaxItems; ++i) {
    ASSERT_TRUE(favourites().add(ann_, list, ItemId{static_cast<std::int64_t>(i)}));
  }
  EXPECT_EQ(favourites().add(ann_, list, ItemId{9999}).error().code, ErrorCode::kConflict);
}

TEST_F(FavouritesTest, GoWithTheirUser) {
  const std::int64_t list = favourites().create(ann_, "Coats")->id;
  ASSERT_TRUE(favourites().add(ann_, list, ItemId{7}));
  ASSERT_TRUE(accounts_.users().remove(ann_.user_id));
  EXPECT_TRUE(favourites().list(ann_.user_id)->empty());
  EXPECT_EQ(favourites().create(ann_, "Coats").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace fit::accounts
