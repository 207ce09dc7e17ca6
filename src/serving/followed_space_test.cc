#include "serving/followed_space.h"

#include <gtest/gtest.h>

#include "catalog/chosen_space.h"
#include "serving/test_support.h"

namespace fit::serving {
namespace {

class FollowedSpaceTest : public ::testing::Test {
 protected:
  FollowedSpaceTest()
      : followed_({.store = *catalogue_.bench.store,
                   .opener = catalogue_.opener,
                   .log = Log::silent(),
                   .now = [this] { return now_; }},
                  catalogue_.opener.open_active().value()) {}

  void choose(const SpaceChoice& choice) { catalog::choose_space(*catalogue_.bench.store, choice).value(); }
  std::string name_after(std::chrono::seconds time) {
    now_ += time;
    return followed_.current()->record().name;
  }

  testing::TestCatalogue catalogue_;
  FollowedSpace::Clock::time_point now_{};
  FollowedSpace followed_;
};

TEST_F(FollowedSpaceTest, FollowsTheChoiceAndComesBack) {
  EXPECT_EQ(name_after(std::chrono::seconds(0)), "one");
  choose(catalogue_.register_space("two"));
  EXPECT_EQ(name_after(std::chrono::seconds(1)), "two");
  choose(std::nullopt);
  EXPECT_EQ(name_after(std::chrono::seconds(0)), "two") << "it looks once a second";
  EXPECT_EQ(name_after(std::chrono::seconds(1)), "one");
}

TEST_F(FollowedSpaceTest, WorkFinishesInTheSpaceItStartedWith) {
  const auto before = followed_.current();
  choose(catalogue_.register_space("two"));
  EXPECT_EQ(name_after(std::chrono::seconds(1)), "two");
  EXPECT_EQ(before->record().name, "one");
  catalogue_.put(*before, 1);
  EXPECT_EQ(catalogue_.count_vectors(before->record()), 1);
}

TEST_F(FollowedSpaceTest, TheOldSpaceStaysWhileTheChosenOneHasNoModelHere) {
  choose(catalogue_.register_space("two"));
  catalogue_.models.remove("two");
  EXPECT_EQ(name_after(std::chrono::seconds(1)), "one");
  catalogue_.models.install("two");
  EXPECT_EQ(name_after(std::chrono::seconds(1)), "one") << "it is not tried again at once";
  EXPECT_EQ(name_after(std::chrono::seconds(5)), "two");
}

}  // namespace
}  // namespace fit::serving
