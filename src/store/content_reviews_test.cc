// The content filter's tables on every engine: flagged images, their review, the block list.
#include "store/content_reviews.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/catalogue.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::ElementsAre;
using testing::Engine;
using ::testing::IsEmpty;
using testing::kPatient;
using testing::make_item;
using testing::make_sha256;

class Reviews : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    catalogue_ = *open_catalogue(GetParam().url(folder_), kPatient);
    other_ = *open_catalogue(GetParam().url(folder_), kPatient);
  }

  ContentReviews& reviews() { return catalogue_->reviews(); }

  void flag(std::int64_t image, Timestamp at = now()) {
    const auto flagged = reviews().flag(
        {.sha256 = make_sha256(image), .reason = "porn", .scores = R"({"porn":0.95})", .flagged_at = at});
    ASSERT_TRUE(flagged) << flagged.error().describe();
  }

  ItemId write(std::int64_t number, const std::string& status = "active") {
    domain::ItemWrite item = make_item(number);
    item.listing.status = status;
    item.content_hash.clear();
    const auto outcomes = catalogue_->items().upsert(std::span(&item, 1));
    EXPECT_TRUE(outcomes) << outcomes.error().describe();
    return outcomes ? outcomes->front().id : ItemId{};
  }

  std::string status(ItemId item) { return catalogue_->items().get(item)->listing.status; }

  TempDir folder_;
  std::unique_ptr<Catalogue> catalogue_;
  std::unique_ptr<Catalogue> other_;  // as another process has it
};

TEST_P(Reviews, AnItemWithAFlaggedImageWaits) {
  const ItemId before = write(1, "sold");
  EXPECT_EQ(status(before), "sold");
  flag(1);
  flag(2);
  EXPECT_EQ(status(before), "sold") << "until it is written again";
  EXPECT_EQ(write(1, "reserved"), before);
  const ItemId second = write(2);
  const ItemId third = write(3);
  const domain::ItemRecord item = *catalogue_->items().get(before);
  EXPECT_EQ(item.listing.status, domain::kFlaggedStatus);
  EXPECT_EQ(item.listed_status, "reserved");
  EXPECT_EQ(item.sellers_status(), "reserved");
  EXPECT_EQ(status(third), "active");
  EXPECT_THAT(*reviews().flagged_items({}, 10), ElementsAre(before, second));
  EXPECT_THAT(*reviews().flagged_items(before, 10), ElementsAre(second));
  EXPECT_THAT(*reviews().flagged_items({}, 1), ElementsAre(before));
  EXPECT_EQ(*reviews().count_flagged_items(), 2);
  const auto images = *reviews().flagged_images(before);
  ASSERT_EQ(images.size(), 1u);
  EXPECT_EQ(images[0].image, item.images[0].id);
  EXPECT_EQ(images[0].review.reason, "porn");
  EXPECT_EQ(images[0].review.scores, R"({"porn":0.95})");
  EXPECT_FALSE(images[0].review.approved_at);
}

TEST_P(Reviews, AnApprovalGivesTheStatusBackAsAChange) {
  flag(1);
  const ItemId item = write(1, "sold");
  const domain::ItemRecord before = *catalogue_->items().get(item);
  const std::int64_t position = *catalogue_->changes().position();
  ASSERT_TRUE(reviews().approve(item, "user:3"));
  const domain::ItemRecord after = *catalogue_->items().get(item);
  EXPECT_EQ(after.listing.status, "sold");
  EXPECT_EQ(after.listed_status, "");
  EXPECT_GT(after.updated_at, before.updated_at);
  EXPECT_EQ(after.origins, before.origins);
  EXPECT_GT(*catalogue_->changes().position(), position) << "followers see it";
  const auto again = reviews().approve(item, "user:3");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(*other_->reviews().approved_at(make_sha256(1)));
  EXPECT_FALSE(*other_->reviews().approved_at(make_sha256(2)));
  EXPECT_EQ(write(1, "active"), item);
  EXPECT_EQ(status(item), "active") << "a later write is not flagged again";
}

TEST_P(Reviews, OnlyALaterFlagOutweighsAnApproval) {
  const Timestamp early = now();
  flag(1, early);
  const ItemId item = write(1);
  ASSERT_TRUE(reviews().approve(item, "user:3"));
  flag(1, early);
  EXPECT_TRUE(*reviews().approved_at(make_sha256(1))) << "the image was judged before the approval";
  EXPECT_FALSE(*reviews().awaits_review(make_sha256(1)));
  flag(1, now() + std::chrono::seconds(1));
  EXPECT_FALSE(*reviews().approved_at(make_sha256(1)));
  EXPECT_TRUE(*reviews().awaits_review(make_sha256(1)));
  EXPECT_FALSE(*reviews().awaits_review(make_sha256(2)));
  write(1);
  EXPECT_EQ(status(item), "flagged");
}

TEST_P(Reviews, ALargeBatchIsFlaggedToo) {
  flag(7);
  flag(33);
  std::vector<domain::ItemWrite> items;
  for (std::int64_t i = 0; i < 40; ++i) items.push_back(make_item(i));
  const auto outcomes = catalogue_->items().upsert(items);
  ASSERT_TRUE(outcomes) << outcomes.error().describe();
  EXPECT_THAT(*reviews().flagged_items({}, 100), ElementsAre((*outcomes)[7].id, (*outcomes)[33].id));
  EXPECT_EQ(catalogue_->items().get((*outcomes)[7].id)->listed_status, items[7].listing.status);
}

TEST_P(Reviews, NoListingAsksForTheStatus) {
  domain::ItemWrite item = make_item(1);
  item.listing.status = domain::kFlaggedStatus;
  const auto written = catalogue_->items().upsert(std::span(&item, 1));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().field, "status");
}

TEST_P(Reviews, OtherProcessesNoticeFlaggedItems) {
  EXPECT_FALSE(*other_->reviews().has_flagged_items());
  flag(1);
  const ItemId item = write(1);
  EXPECT_TRUE(*reviews().has_flagged_items());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!*other_->reviews().has_flagged_items()) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  ASSERT_TRUE(reviews().approve(item, "user:3"));
  while (*other_->reviews().has_flagged_items()) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST_P(Reviews, TheBlockListIsFollowed) {
  BlockedImages& list = catalogue_->blocked_images();
  EXPECT_THAT(**other_->blocked_images().current(), IsEmpty());
  const auto first = list.add({.perceptual_hash = 0xffff'0000'1234'5678, .note = "a", .created_by = "key:1"});
  ASSERT_TRUE(first) << first.error().describe();
  EXPECT_EQ(first->perceptual_hash, 0xffff'0000'1234'5678);
  EXPECT_EQ(list.add({.perceptual_hash = first->perceptual_hash, .note = "b"})->note, "a");
  ASSERT_TRUE(list.add({.perceptual_hash = 0}));
  ASSERT_EQ((*other_->blocked_images().current())->size(), 2u);
  EXPECT_EQ((*other_->blocked_images().current())->front().created_by, "key:1");
  EXPECT_EQ(list.remove(first->id)->note, "a");
  EXPECT_FALSE(list.remove(first->id));
  EXPECT_EQ((*other_->blocked_images().current())->size(), 1u);
  const auto wrong = list.add({.perceptual_hash = 5, .note = std::string(401, 'x')});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "note");
}

INSTANTIATE_TEST_SUITE_P(Engines, Reviews, ::testing::ValuesIn(testing::engines()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace fit::store
