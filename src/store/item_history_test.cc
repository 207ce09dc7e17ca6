#include "store/item_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/catalogue.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::SizeIs;

class ItemHistoryContract : public ::testing::TestWithParam<testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    auto opened = open_catalogue(GetParam().url(folder_), testing::kPatient);
    ASSERT_TRUE(opened) << opened.error().describe();
    catalogue_ = *std::move(opened);
  }
  ItemId write(std::optional<double> price, const std::string& status, const std::string& title = "Coat") {
    domain::ItemWrite item = testing::make_item(1);
    item.listing.price = price;
    item.listing.status = status;
    item.listing.title = title;
    item.content_hash.clear();
    const auto outcomes = catalogue_->items().upsert(std::span(&item, 1));
    EXPECT_TRUE(outcomes) << outcomes.error().describe();
    return outcomes->at(0).id;
  }
  std::vector<domain::ItemState> history(ItemId id, std::size_t limit = 100) {
    const auto states = catalogue_->items().history(id, limit);
    EXPECT_TRUE(states) << states.error().describe();
    return *states;
  }

  TempDir folder_;
  std::unique_ptr<Catalogue> catalogue_;
};

INSTANTIATE_TEST_SUITE_P(Engines, ItemHistoryContract, ::testing::ValuesIn(testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(ItemHistoryContract, RecordsEachChangeOfPriceAndStatus) {
  const ItemId id = write(10, "active");
  const Timestamp created = catalogue_->items().get(id)->created_at;
  ASSERT_THAT(history(id), SizeIs(1));
  EXPECT_EQ(history(id)[0].since, created);
  write(10, "active", "Another title");
  EXPECT_THAT(history(id), SizeIs(1)) << "neither has changed";
  write(8.5, "active");
  write(8.5, "sold");
  write(std::nullopt, "removed");
  const auto states = history(id);
  ASSERT_THAT(states, SizeIs(4));
  EXPECT_EQ(states[0].since, created);
  EXPECT_EQ(states[0].price, 10);
  EXPECT_EQ(states[1].price, 8.5);
  EXPECT_EQ(states[1].status, "active");
  EXPECT_EQ(states[2].status, "sold");
  EXPECT_EQ(states[3].price, std::nullopt);
  EXPECT_EQ(states[3].status, "removed");
  EXPECT_EQ(states[3].since, catalogue_->items().get(id)->updated_at);
  const auto latest = history(id, 2);
  ASSERT_THAT(latest, SizeIs(2));
  EXPECT_EQ(latest[0].status, "sold");
}

TEST_P(ItemHistoryContract, IsCopiedWithItsItem) {
  const ItemId id = write(10, "active");
  EXPECT_TRUE(catalogue_->items().stored_histories(std::span(&id, 1))->empty()) << "it has never changed";
  write(20, "active");
  auto histories = catalogue_->items().stored_histories(std::span(&id, 1)).value();
  ASSERT_THAT(histories[id], SizeIs(2));
  domain::ItemCopy copy{
      .record = catalogue_->items().get(id).value(), .history = histories[id], .vectors = {}};
  ASSERT_TRUE(catalogue_->items().copy(std::span(&copy, 1)));
  ASSERT_THAT(history(id), SizeIs(2));
  EXPECT_EQ(history(id)[0].price, 10);
}

TEST_P(ItemHistoryContract, EndsWithItsItem) {
  const ItemId id = write(10, "active");
  write(20, "active");
  ASSERT_TRUE(catalogue_->items().remove(id));
  EXPECT_EQ(catalogue_->items().history(id, 10).error().code, ErrorCode::kNotFound);
  const ItemId again = write(5, "active");
  ASSERT_THAT(history(again), SizeIs(1));
}

}  // namespace
}  // namespace fit::store
