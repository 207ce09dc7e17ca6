// Optimistic concurrency of items, on every engine: a write that was made from an old state changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/format.h"
#include "store/catalogue.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using testing::Engine;
using testing::kPatient;
using testing::make_item;
using testing::make_vector;

class ItemVersions : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    catalogue_ = *open_catalogue(GetParam().url(folder_), kPatient);
    other_ = *open_catalogue(GetParam().url(folder_), kPatient);
  }

  static domain::ItemWrite titled(std::int64_t number, const std::string& title,
                                  std::optional<domain::ItemVersion> expected = {}) {
    domain::ItemWrite item = make_item(number);
    item.listing.title = title;
    item.content_hash.clear();
    item.expected_version = expected;
    return item;
  }

  static Result<std::vector<UpsertOutcome>> upsert(Catalogue& catalogue, const domain::ItemWrite& item) {
    return catalogue.items().upsert(std::span(&item, 1));
  }

  domain::ItemRecord written(const domain::ItemWrite& item) {
    const auto outcomes = upsert(*catalogue_, item);
    EXPECT_TRUE(outcomes) << outcomes.error().describe();
    return *catalogue_->items().get(outcomes->at(0).id);
  }

  TempDir folder_;
  std::unique_ptr<Catalogue> catalogue_;
  std::unique_ptr<Catalogue> other_;  // as another process has it
};

TEST_P(ItemVersions, EveryWriteMakesANewOne) {
  std::vector<domain::ItemVersion> versions;
  for (int i = 0; i < 20; ++i) versions.push_back(written(titled(1, fit::format("title {}", i))).version());
  for (std::size_t i = 1; i < versions.size(); ++i) {
    EXPECT_EQ(versions[i].id, versions[i - 1].id);
    EXPECT_GT(versions[i].updated_at, versions[i - 1].updated_at);
  }
}

TEST_P(ItemVersions, GrowEvenWhenTheClockGoesBack) {
  domain::ItemCopy copy{.record = written(titled(1, "now")), .vectors = {}};
  copy.record.updated_at += std::chrono::hours(1);
  ASSERT_TRUE(catalogue_->items().copy(std::span(&copy, 1)));
  const domain::ItemVersion future = catalogue_->items().get(copy.record.id)->version();
  const domain::ItemVersion next = written(titled(1, "later")).version();
  EXPECT_GT(next.updated_at, future.updated_at);
  const domain::PropertiesWrite put{next, make_item(2).listing.properties, {}};
  ASSERT_EQ(*catalogue_->items().put_properties(std::span(&put, 1)), 1);
  EXPECT_GT(catalogue_->items().get(next.id)->updated_at, next.updated_at);
}

TEST_P(ItemVersions, StayWhenOnlyVectorsAreAdded) {
  const auto space = *catalogue_->spaces().ensure({"clip", "m", "1", 4});
  const domain::ItemRecord item = written(titled(1, "a"));
  const VectorWrite vector{item.images.at(0).id, make_vector(4, 1)};
  ASSERT_TRUE(catalogue_->vectors().put(space.id, std::span(&vector, 1)));
  EXPECT_EQ(catalogue_->items().get(item.id)->version(), item.version());
}

TEST_P(ItemVersions, AWriteFromTheLatestStateIsStored) {
  const domain::ItemRecord first = written(titled(1, "first"));
  const auto outcome = upsert(*other_, titled(1, "second", first.version()));
  ASSERT_TRUE(outcome) << outcome.error().describe();
  EXPECT_EQ(outcome->at(0).kind, UpsertKind::kUpdated);
  EXPECT_EQ(catalogue_->items().get(first.id)->listing.title, "second");
}

TEST_P(ItemVersions, AWriteFromAnOldStateChangesNothing) {
  const domain::ItemRecord first = written(titled(1, "first"));
  ASSERT_TRUE(upsert(*other_, titled(1, "second")));
  const std::int64_t position = *catalogue_->changes().position();
  const std::vector<domain::ItemWrite> batch = {titled(2, "new"), titled(1, "stale", first.version())};
  const auto refused = catalogue_->items().upsert(batch);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalogue_->items().get(first.id)->listing.title, "second");
  EXPECT_EQ(catalogue_->items().counts()->items, 1) << "nothing of the batch is written";
  EXPECT_EQ(*catalogue_->changes().position(), position);
}

TEST_P(ItemVersions, AnOldStateIsRefusedEvenWithTheSameContent) {
  const domain::ItemRecord first = written(titled(1, "first"));
  domain::ItemWrite same = titled(1, "second");
  same.content_hash = "equal";
  ASSERT_TRUE(upsert(*other_, same));
  same.expected_version = first.version();
  const auto refused = upsert(*catalogue_, same);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
}

TEST_P(ItemVersions, AnUpdateDoesNotBringBackARemovedItem) {
  const domain::ItemRecord first = written(titled(1, "first"));
  ASSERT_TRUE(other_->items().remove(first.id));
  const auto refused = upsert(*catalogue_, titled(1, "second", first.version()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalogue_->items().counts()->items, 0);

  const domain::ItemRecord again = written(titled(1, "again"));
  EXPECT_NE(again.version(), first.version());
  EXPECT_FALSE(upsert(*catalogue_, titled(1, "second", first.version())));
}

TEST_P(ItemVersions, AnItemCanBeExpectedToBeAbsent) {
  const auto made = upsert(*catalogue_, titled(1, "first", domain::ItemVersion{}));
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->at(0).kind, UpsertKind::kCreated);
  const auto refused = upsert(*other_, titled(1, "second", domain::ItemVersion{}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalogue_->items().get(made->at(0).id)->listing.title, "first");
}

TEST_P(ItemVersions, ARemovalOfTheLatestStateIsDone) {
  const domain::ItemRecord first = written(titled(1, "first"));
  const std::int64_t position = *catalogue_->changes().position();
  const auto removed = other_->items().remove(first.version());
  ASSERT_TRUE(removed) << removed.error().describe();
  EXPECT_EQ(catalogue_->items().get(first.id).error().code, ErrorCode::kNotFound);
  const auto changes = *catalogue_->changes().list(position, 10);
  ASSERT_EQ(changes.size(), 1);
  EXPECT_EQ(changes[0].item, first.id);
  EXPECT_TRUE(changes[0].removed);
}

TEST_P(ItemVersions, ARemovalOfAnOldStateChangesNothing) {
  const domain::ItemRecord first = written(titled(1, "first"));
  ASSERT_TRUE(upsert(*other_, titled(1, "second")));
  const std::int64_t position = *catalogue_->changes().position();
  const auto refused = catalogue_->items().remove(first.version());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalogue_->items().get(first.id)->listing.title, "second");
  EXPECT_EQ(*catalogue_->changes().position(), position);

  ASSERT_TRUE(other_->items().remove(first.id));
  const auto gone = catalogue_->items().remove(first.version());
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kConflict);
}

TEST_P(ItemVersions, ALargeBatchIsCheckedToo) {
  std::vector<domain::ItemWrite> batch;
  for (std::int64_t i = 0; i < 40; ++i) batch.push_back(titled(i, "new", domain::ItemVersion{}));
  ASSERT_TRUE(catalogue_->items().upsert(batch));
  batch.clear();
  for (std::int64_t i = 30; i < 70; ++i) batch.push_back(titled(i, "again"));
  batch.back().expected_version = domain::ItemVersion{ItemId{1}, now()};
  const auto refused = catalogue_->items().upsert(batch);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalogue_->items().counts()->items, 40);
}

// Read, change and write in a loop from two programs at once: without versions, increments would be lost.
TEST_P(ItemVersions, NoUpdateIsLostBetweenTwoProcesses) {
  constexpr int kIncrements = 10;
  domain::ItemWrite counter = titled(1, "counter");
  counter.listing.price = 0;
  const ItemId id = written(counter).id;
  std::atomic<int> conflicts = 0;
  std::vector<std::thread> writers;
  for (Catalogue* catalogue : {catalogue_.get(), other_.get()}) {
    writers.emplace_back([&, catalogue] {
      for (int done = 0; done < kIncrements;) {
        const auto present = catalogue->items().get(id);
        ASSERT_TRUE(present) << present.error().describe();
        domain::ItemWrite next = titled(1, "counter", present->version());
        next.listing.price = *present->listing.price + 1;
        const auto outcome = upsert(*catalogue, next);
        if (outcome) {
          ++done;
        } else {
          ASSERT_EQ(outcome.error().code, ErrorCode::kConflict) << outcome.error().describe();
          ++conflicts;
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(catalogue_->items().get(id)->listing.price, 2.0 * kIncrements) << conflicts << " conflicts";
}

INSTANTIATE_TEST_SUITE_P(Engines, ItemVersions, ::testing::ValuesIn(testing::engines_and_partitions()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::store
