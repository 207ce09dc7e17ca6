#include "serving/space_opener.h"

#include <gtest/gtest.h>

#include "catalog/chosen_space.h"
#include "serving/test_support.h"

namespace fit::serving {
namespace {

class SpaceOpenerTest : public ::testing::Test {
 protected:
  void choose(const SpaceChoice& choice) { catalog::choose_space(*catalogue_.bench.store, choice).value(); }

  testing::TestCatalogue catalogue_;
};

TEST_F(SpaceOpenerTest, OpensTheSpaceOfTheSettingsWithoutAChoice) {
  const auto space = catalogue_.opener.open_active().value();
  EXPECT_EQ(space->record().name, "one");
  EXPECT_FALSE(space->is_chosen());
  EXPECT_TRUE(catalogue_.opener.is_of_settings(space->record()));
}

TEST_F(SpaceOpenerTest, OpensTheChosenSpace) {
  choose(catalogue_.register_space("two"));
  const auto space = catalogue_.opener.open_active().value();
  EXPECT_EQ(space->record().name, "two");
  EXPECT_TRUE(space->is_chosen());
  EXPECT_FALSE(catalogue_.opener.is_of_settings(space->record()));
}

TEST_F(SpaceOpenerTest, OpensTheSpaceOfTheSettingsWhenTheChosenOneHasNoModelHere) {
  choose(catalogue_.register_space("two"));
  catalogue_.models.remove("two");
  const auto space = catalogue_.opener.open_active().value();
  EXPECT_EQ(space->record().name, "one");
  EXPECT_FALSE(space->is_chosen());
}

TEST_F(SpaceOpenerTest, RefusesAModelOfAnotherVersion) {
  const domain::SpaceRecord two = catalogue_.register_space("two");
  catalogue_.models.install("two", "2");
  const auto opened = catalogue_.opener.open(two);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(opened.error().message.contains("is version 2")) << opened.error().message;
}

TEST_F(SpaceOpenerTest, RerankSpacesNeedVectorsOrAModel) {
  auto options = catalogue_.options();
  options.rerank_spaces = "two:0.5";
  EXPECT_TRUE(SpaceOpener(catalogue_.parts(), options).open(std::nullopt));
  options.rerank_spaces = "none:0.5";
  const auto opened = SpaceOpener(catalogue_.parts(), options).open(std::nullopt);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().field, "RERANK_SPACES");
}

}  // namespace
}  // namespace fit::serving
