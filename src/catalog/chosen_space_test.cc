#include "catalog/chosen_space.h"

#include <gtest/gtest.h>

#include "base/format.h"
#include "base/temp_dir.h"

namespace fit::catalog {
namespace {

class ChosenSpaceTest : public ::testing::Test {
 protected:
  std::unique_ptr<store::Catalogue> open() { return *store::open_catalogue(url_); }

  TempDir folder_;
  const std::string url_ = fit::format("sqlite:///{}/fit.db", folder_.path().string());
};

TEST_F(ChosenSpaceTest, IsNoneUntilOneIsChosen) {
  EXPECT_FALSE(chosen_space(*open())->has_value());
}

TEST_F(ChosenSpaceTest, IsVisibleToOtherProcessesAndCanBeCleared) {
  const auto store = open();
  const auto space = *store->spaces().ensure({"clip", "clip-b32", "2", 4});
  ASSERT_TRUE(store->spaces().ensure({"clip", "clip-b32", "1", 4}));
  ASSERT_TRUE(choose_space(*store, space));
  const auto other = open();
  const auto chosen = chosen_space(*other);
  ASSERT_TRUE(chosen && *chosen);
  EXPECT_EQ((*chosen)->id, space.id);
  EXPECT_EQ((*chosen)->version, "2");
  ASSERT_TRUE(choose_space(*other, std::nullopt));
  EXPECT_FALSE(chosen_space(*store)->has_value());
}

TEST_F(ChosenSpaceTest, AMissingSpaceIsNotFound) {
  const auto store = open();
  for (const char* const text : {"17", "x", "1 OR 1=1"}) {
    ASSERT_TRUE(store->metadata().put("chosen_space", text));
    const auto chosen = chosen_space(*store);
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().code, ErrorCode::kNotFound);
  }
}

}  // namespace
}  // namespace fit::catalog
