#include "serving/trial_spaces.h"

#include <gtest/gtest.h>

#include "serving/test_support.h"

namespace fit::serving {
namespace {

class TrialSpacesTest : public ::testing::Test {
 protected:
  TrialSpacesTest() : active_(catalogue_.opener.open_active().value()) {
    EXPECT_TRUE(active_->load_search());
    active_->follow();
  }

  void want(const std::vector<std::string>& names) {
    trials_.want(names);
    trials_.check({});
  }

  testing::TestCatalogue catalogue_;
  std::shared_ptr<SearchedSpace> active_;
  TrialSpaces trials_{{.store = *catalogue_.bench.store,
                       .opener = catalogue_.opener,
                       .active = [this] { return active_; },
                       .log = Log::silent()}};
};

TEST_F(TrialSpacesTest, TheActiveSpaceIsNotOpenedAgain) {
  want({"one"});
  EXPECT_EQ(trials_.find("one"), active_);
  EXPECT_EQ(trials_.find("two"), nullptr);
}

TEST_F(TrialSpacesTest, AWantedSpaceIsSearched) {
  const auto record = catalogue_.register_space("two");
  const auto two = catalogue_.opener.open(record).value();
  catalogue_.put(*two, 1);
  catalogue_.put(*two, 2);
  EXPECT_EQ(trials_.find("two"), nullptr);
  want({"two"});
  const auto found = trials_.find("two");
  ASSERT_NE(found, nullptr);
  search::Query query;
  query.image = catalog::testing::jpeg(1);
  const auto results = found->engine().search(query).value();
  ASSERT_EQ(results.hits.size(), 2U);
  EXPECT_EQ(results.hits[0].item.listing.title, "item 1");
  EXPECT_EQ(results.space, "two");
}

TEST_F(TrialSpacesTest, AnUnwantedSpaceIsReleasedWhenNobodyUsesIt) {
  catalogue_.register_space("two");
  want({"two"});
  std::shared_ptr<SearchedSpace> in_use = trials_.find("two");
  const std::weak_ptr<SearchedSpace> released = in_use;
  want({});
  EXPECT_EQ(trials_.find("two"), nullptr);
  EXPECT_FALSE(released.expired());
  in_use.reset();
  trials_.check({});
  EXPECT_TRUE(released.expired());
}

TEST_F(TrialSpacesTest, ASpaceThatBecomesTheActiveOneIsReleased) {
  const auto record = catalogue_.register_space("two");
  want({"two"});
  const std::weak_ptr<SearchedSpace> trial = trials_.find("two");
  active_ = catalogue_.opener.open(record).value();
  EXPECT_TRUE(active_->load_search());
  active_->follow();
  trials_.check({});
  EXPECT_TRUE(trial.expired());
  EXPECT_EQ(trials_.find("two"), active_);
}

TEST_F(TrialSpacesTest, ASpaceThatCannotBeOpenedIsNotReady) {
  catalogue_.register_space("two");
  catalogue_.models.remove("two");
  want({"two", "unknown"});
  EXPECT_EQ(trials_.find("two"), nullptr);
  EXPECT_EQ(trials_.find("unknown"), nullptr);
}

TEST_F(TrialSpacesTest, StartsAndStopsItsThread) {
  catalogue_.register_space("two");
  trials_.want({"two"});
  trials_.start();
  trials_.stop();
  EXPECT_EQ(trials_.find("one"), active_);
}

}  // namespace
}  // namespace fit::serving
