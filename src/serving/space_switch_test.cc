#include "serving/space_switch.h"

#include <gtest/gtest.h>

#include "base/format.h"
#include "catalog/chosen_space.h"
#include "serving/test_support.h"

namespace fit::serving {
namespace {

class SpaceSwitchTest : public ::testing::Test {
 protected:
  SpaceSwitchTest()
      : spaces_(SpaceSwitch::open({.store = *catalogue_.bench.store,
                                   .opener = catalogue_.opener,
                                   .log = Log::silent(),
                                   .metrics = catalogue_.metrics},
                                  catalogue_.opener.open_active().value())
                    .value()) {}

  void choose(const SpaceChoice& choice) { catalog::choose_space(*catalogue_.bench.store, choice).value(); }
  void check() { spaces_->check({}); }
  std::string searched() const { return spaces_->current()->record().name; }
  // Whether `count` switches had the outcome "done" or "failed".
  ::testing::AssertionResult counts(const std::string& outcome, int count) {
    const std::string text = catalogue_.metrics.expose();
    const std::string line = fit::format("fit_space_switches_total{{outcome=\"{}\"}} {}\n", outcome, count);
    return text.contains(line) ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << text;
  }

  testing::TestCatalogue catalogue_;
  std::unique_ptr<SpaceSwitch> spaces_;
};

TEST_F(SpaceSwitchTest, KeepsTheSpaceOfTheSettingsWithoutAChoice) {
  const auto before = spaces_->current();
  check();
  EXPECT_EQ(spaces_->current(), before);
  EXPECT_EQ(spaces_->state()["name"], "one");
  EXPECT_EQ(spaces_->state()["chosen_by"], "EMBEDDING_PROVIDER and EMBEDDING_MODEL");
}

TEST_F(SpaceSwitchTest, SwitchesToTheChosenSpaceAndBack) {
  choose(catalogue_.register_space("two"));
  check();
  EXPECT_EQ(searched(), "two");
  EXPECT_EQ(spaces_->state()["chosen_by"], "fit space use");
  choose(std::nullopt);
  check();
  EXPECT_EQ(searched(), "one");
  EXPECT_TRUE(counts("done", 2));
}

TEST_F(SpaceSwitchTest, RequestsFinishOnTheSpaceTheyStartedWith) {
  catalogue_.put(*spaces_->current(), 1);
  std::shared_ptr<SearchedSpace> in_use = spaces_->current();
  const std::weak_ptr<SearchedSpace> released = in_use;
  choose(catalogue_.register_space("two"));
  check();
  EXPECT_EQ(searched(), "two");
  search::Query query;
  query.browse = true;
  EXPECT_TRUE(in_use->engine().search(query)) << "the old space still searches";
  check();
  EXPECT_FALSE(released.expired());
  in_use.reset();
  check();
  EXPECT_TRUE(released.expired());
}

TEST_F(SpaceSwitchTest, TheNewSpaceSearchesAllThatHasAVectorInIt) {
  choose(catalogue_.register_space("two"));
  const auto two = catalogue_.opener.open_active().value();
  catalogue_.put(*two, 1);
  catalogue_.put(*two, 2);
  check();
  search::Query query;
  query.image = catalog::testing::jpeg(1);
  const auto results = spaces_->current()->engine().search(query).value();
  ASSERT_EQ(results.hits.size(), 2U);
  EXPECT_EQ(results.hits[0].item.listing.title, "item 1");
  EXPECT_EQ(results.space, "two");
}

TEST_F(SpaceSwitchTest, TheOldSpaceServesWhileTheChosenOneCannotBeOpened) {
  choose(catalogue_.register_space("two"));
  catalogue_.models.remove("two");
  check();
  EXPECT_EQ(searched(), "one");
  EXPECT_EQ(spaces_->state()["wanted"], "two");
  EXPECT_EQ(spaces_->state()["problem"], "there is no model 'two'");
  EXPECT_TRUE(counts("failed", 1));
  catalogue_.models.install("two");
  check();
  EXPECT_EQ(searched(), "one") << "it is not tried again at once";
  EXPECT_TRUE(counts("failed", 1));
  choose(std::nullopt);
  check();
  EXPECT_FALSE(spaces_->state().contains("wanted"));
}

TEST_F(SpaceSwitchTest, AChoiceOfTheSpaceThatServesChangesOnlyTheReason) {
  const auto before = spaces_->current();
  choose(before->record());
  check();
  EXPECT_EQ(spaces_->current(), before);
  EXPECT_EQ(spaces_->state()["chosen_by"], "fit space use");
  EXPECT_TRUE(counts("done", 0));
}

TEST_F(SpaceSwitchTest, AStopEndsTheSwitch) {
  choose(catalogue_.register_space("two"));
  std::stop_source stop;
  stop.request_stop();
  spaces_->check(stop.get_token());
  EXPECT_TRUE(counts("failed", 0)) << "a stop is no failure";
}

TEST_F(SpaceSwitchTest, StartsAndStopsItsThreads) {
  spaces_->start();
  spaces_->stop();
  EXPECT_EQ(searched(), "one");
}

}  // namespace
}  // namespace fit::serving
