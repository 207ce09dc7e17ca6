// Subscribers follow the store's changes: columns, indexes, and a subscriber of this test.
#include "search/change_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <thread>

#include "base/format.h"
#include "search/catalogue_columns.h"
#include "search/space_index.h"
#include "search/test_items.h"
#include "store/test_support.h"

namespace fit::search {
namespace {

using ::testing::ElementsAre;

// Counts the changes of each item.
class ChangeCounter final : public Subscriber {
 public:
  explicit ChangeCounter(store::Catalogue& store) : Subscriber(store) {}
  const std::string& name() const override { return name_; }
  void show(Metrics&) const override { ++shown; }

  std::map<ItemId, int> written;
  std::atomic<int> rebuilds = 0;
  std::atomic<int> saves = 0;
  mutable std::atomic<int> shown = 0;
  bool fails = false;

 private:
  Result<void> rebuild(const Progress&, const std::stop_token&) override {
    ++rebuilds;
    if (fails) return Error{ErrorCode::kUnavailable, "not now", {}, {}};
    return {};
  }
  Result<void> apply(std::span<const store::Change> changes) override {
    if (fails) return Error{ErrorCode::kUnavailable, "not now", {}, {}};
    for (const store::Change& change : changes) ++written[change.item];
    return {};
  }
  Result<void> save(std::int64_t) override {
    ++saves;
    return {};
  }
  const std::string name_ = "counter";
};

class ChangeFollowerTest : public testing::Test {
 protected:
  ItemId add(int number) {
    const auto item = item_with_vector(number, fit::format("item {}", number), space_.id, {1, 0, 0, 0});
    return store_->items().upsert(std::span(&item, 1)).value().front().id;
  }
  std::unique_ptr<SpaceIndex> index() {
    return std::make_unique<SpaceIndex>(
        *store_, SpaceIndex::Options{.folder = folder_.path() / "index", .space = space_}, Log::silent());
  }
  std::unique_ptr<CatalogueColumns> columns() {
    return std::make_unique<CatalogueColumns>(*store_, folder_.path() / "columns" / "columns.fitindex",
                                              Log::silent());
  }

  TempDir folder_;
  Metrics metrics_;
  std::unique_ptr<store::Catalogue> store_ =
      store::open_catalogue(store::testing::sqlite_url(folder_)).value();
  domain::SpaceRecord space_ = store_->spaces().ensure({"test", "test", "1", 4}).value();
};

TEST_F(ChangeFollowerTest, ASubscriberGetsEveryChangeAfterItsRebuild) {
  add(1);
  ChangeCounter counter(*store_);
  EXPECT_FALSE(counter.is_complete());
  ASSERT_TRUE(counter.catch_up());
  EXPECT_TRUE(counter.is_complete());
  EXPECT_EQ(counter.rebuilds, 1);
  EXPECT_TRUE(counter.written.empty());
  EXPECT_EQ(counter.position(), store_->changes().position().value());
  const ItemId second = add(2);
  ASSERT_TRUE(counter.catch_up());
  EXPECT_EQ(counter.rebuilds, 1);
  EXPECT_EQ(counter.written, (std::map<ItemId, int>{{second, 1}}));
}

TEST_F(ChangeFollowerTest, AnnouncedChangesAreWaitedFor) {
  constexpr std::chrono::hours kLong{1};
  constexpr std::chrono::milliseconds kShort{1};
  add(1);
  ChangeCounter counter(*store_);
  counter.announce();
  counter.wait_for_announced(kLong);  // returns at once: nothing was applied yet
  ASSERT_TRUE(counter.catch_up());
  counter.wait_for_announced(kLong);

  counter.fails = true;
  const ItemId second = add(2);
  counter.announce();
  EXPECT_FALSE(counter.catch_up());
  counter.wait_for_announced(kShort);
  EXPECT_TRUE(counter.written.empty());

  counter.fails = false;
  ChangeFollower follower({&counter}, Log::silent(), metrics_, {.poll = kLong});
  follower.notify();
  counter.wait_for_announced(kLong);
  EXPECT_EQ(counter.written, (std::map<ItemId, int>{{second, 1}}));
}

TEST_F(ChangeFollowerTest, AFailedBatchIsRepeated) {
  add(1);
  ChangeCounter counter(*store_);
  ASSERT_TRUE(counter.catch_up());
  const std::int64_t before = counter.position();
  const ItemId second = add(2);
  counter.fails = true;
  EXPECT_EQ(counter.catch_up().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(counter.position(), before);
  counter.fails = false;
  ASSERT_TRUE(counter.catch_up());
  EXPECT_EQ(counter.written, (std::map<ItemId, int>{{second, 1}}));
}

// Items that a failed rebuild has read may be removed before the next rebuild, which must apply the removals.
TEST_F(ChangeFollowerTest, ChangesSinceAFailedRebuildAreApplied) {
  const ItemId first = add(1);
  ChangeCounter counter(*store_);
  counter.fails = true;
  EXPECT_FALSE(counter.catch_up());
  ASSERT_TRUE(store_->items().remove(first));
  counter.fails = false;
  ASSERT_TRUE(counter.catch_up());
  EXPECT_EQ(counter.written, (std::map<ItemId, int>{{first, 1}}));
}

TEST_F(ChangeFollowerTest, AStoppedCallIsCancelledAndContinuesLater) {
  add(1);
  std::stop_source stop;
  stop.request_stop();
  const auto index = this->index();
  EXPECT_EQ(index->catch_up({}, stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(index->is_complete());
  ASSERT_TRUE(index->catch_up());
  EXPECT_EQ(index->vectors()->stats().images, 1U);
}

TEST_F(ChangeFollowerTest, ACheckpointIsWrittenOnlyForChanges) {
  ChangeCounter counter(*store_);
  ASSERT_TRUE(counter.checkpoint());
  EXPECT_EQ(counter.saves, 0);
  add(1);
  ASSERT_TRUE(counter.catch_up());
  EXPECT_GT(counter.unsaved_changes(), 0);
  ASSERT_TRUE(counter.checkpoint());
  ASSERT_TRUE(counter.checkpoint());
  EXPECT_EQ(counter.saves, 1);
  EXPECT_EQ(counter.unsaved_changes(), 0);
}

TEST_F(ChangeFollowerTest, PicksUpWritesAndSavesAtItsEnd) {
  const auto columns = this->columns();
  const auto index = this->index();
  ChangeCounter counter(*store_);
  {
    ChangeFollower follower({columns.get(), index.get(), &counter}, Log::silent(), metrics_,
                            {.poll = std::chrono::milliseconds(5)});
    const auto wait_for = [&](std::size_t count) {
      while (index->vectors()->stats().images < count || columns->columns().size() < count)
        std::this_thread::yield();
    };
    add(1);
    follower.notify();
    wait_for(1);
    add(2);  // found by polling
    wait_for(2);
  }
  EXPECT_GT(counter.shown, 0);
  EXPECT_GE(counter.saves, 1);
  EXPECT_EQ(this->index()->vectors()->stats().images, 2U) << "from its checkpoint";
  EXPECT_EQ(this->columns()->columns().size(), 2U) << "from its snapshot";
}

TEST_F(ChangeFollowerTest, ColumnsStartFromTheirSnapshotAndCatchUp) {
  const ItemId first = add(1);
  add(2);
  {
    const auto columns = this->columns();
    ASSERT_TRUE(columns->catch_up());
    ASSERT_TRUE(columns->checkpoint());
  }
  ASSERT_TRUE(store_->items().remove(first));
  add(3);
  const auto columns = this->columns();
  EXPECT_GT(columns->position(), 0) << "the catalogue is not read again";
  EXPECT_EQ(columns->columns().size(), 2U);
  ASSERT_TRUE(columns->catch_up());
  EXPECT_THAT(columns->columns().latest(nullptr, 10), ElementsAre(ItemId{3}, ItemId{2}));
}

TEST_F(ChangeFollowerTest, ADamagedSnapshotOfColumnsIsRebuilt) {
  add(1);
  const auto file = folder_.path() / "columns" / "columns.fitindex";
  {
    const auto columns = this->columns();
    ASSERT_TRUE(columns->catch_up());
    ASSERT_TRUE(columns->checkpoint());
  }
  std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
  damaged.seekp(40);
  damaged.put('\x5a').put('\xa5');
  damaged.close();
  const auto columns = this->columns();
  EXPECT_EQ(columns->position(), 0);
  ASSERT_TRUE(columns->catch_up());
  EXPECT_EQ(columns->columns().size(), 1U);
}

}  // namespace
}  // namespace fit::search
