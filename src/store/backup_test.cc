// A dump of each engine is brought back and compared.
#include "store/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/catalogue.h"
#include "store/test_postgres.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using testing::Engine;
using ::testing::HasSubstr;
using testing::make_item;

class DatabaseBackup : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "this machine has no server of this engine";
    url_ = GetParam().url(source_);
    catalogue_ = *open_catalogue(url_);
    const domain::SpaceRecord space = *catalogue_->spaces().ensure({"clip", "ViT-B/32", "1", 8});
    std::vector<domain::ItemWrite> items;
    for (std::int64_t i = 0; i < 300; ++i) items.push_back(make_item(i, space));
    ASSERT_TRUE(catalogue_->items().upsert(items));
  }

  Result<DumpInfo> dump() { return dump_database(url_, dump_.path(), {}, {}); }
  Result<void> restore(const DumpInfo& info) {
    // A database without tables, for the partitioned one too.
    const bool is_sqlite = GetParam().name == "sqlite";
    const std::string url = is_sqlite ? GetParam().url(target_) : testing::postgres_url(target_);
    return restore_database(url, dump_.path(), info, {}, {});
  }

  TempDir source_, dump_, target_;
  std::string url_;
  std::unique_ptr<Catalogue> catalogue_;
};

TEST_P(DatabaseBackup, BringsEverythingBackUnderAnIdOfItsOwn) {
  const auto info = dump();
  ASSERT_TRUE(info) << info.error().describe();
  EXPECT_EQ(info->store_id, catalogue_->id());
  EXPECT_EQ(info->position, 300);
  ASSERT_TRUE(catalogue_->items().remove(catalogue_->items().list({}, 1)->at(0).id));

  const auto done = restore(*info);
  ASSERT_TRUE(done) << done.error().describe();
  const auto restored = *open_catalogue(GetParam().url(target_));
  EXPECT_NE(restored->id(), catalogue_->id());
  EXPECT_EQ(*restored->changes().position(), 300);
  EXPECT_EQ(restored->items().counts()->items, 300);
  const std::int64_t space = restored->spaces().list()->at(0).id;
  const auto theirs = *restored->vectors().list(space, {}, 1000);
  EXPECT_EQ(theirs.size(), 300);
  const auto items = *catalogue_->items().list({}, 1000);
  for (const domain::ItemRecord& item : items) {
    const auto copy = restored->items().get(item.id);
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy->listing.title, item.listing.title);
    EXPECT_EQ(copy->updated_at, item.updated_at);
    EXPECT_EQ(copy->images.at(0).sha256, item.images.at(0).sha256);
    EXPECT_EQ(restored->vectors().of_items(space, std::span(&item.id, 1))->at(0).values,
              catalogue_->vectors().of_items(space, std::span(&item.id, 1))->at(0).values);
  }
  const domain::ItemWrite more = make_item(1000);
  const auto outcome = restored->items().upsert(std::span(&more, 1));
  ASSERT_TRUE(outcome) << outcome.error().describe();
  EXPECT_FALSE(restored->words().find({.words = {"listing"}, .limit = 5, .among = {}})->words.empty());
}

TEST_P(DatabaseBackup, LeavesNothingWhenItIsNotWhatWasSaved) {
  DumpInfo info = *dump();
  info.tables.at(0).rows += 1;
  const auto done = restore(info);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kMalformed);
  info.tables.at(0).rows -= 1;
  const auto again = restore(info);
  EXPECT_TRUE(again) << again.error().describe();
}

TEST_P(DatabaseBackup, NeverOverwrites) {
  const DumpInfo info = *dump();
  ASSERT_TRUE(restore(info));
  const auto again = restore(info);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  EXPECT_EQ(again.error().field, "DATABASE_URL");
  EXPECT_EQ((*open_catalogue(GetParam().url(target_)))->items().counts()->items, 300);
}

TEST_P(DatabaseBackup, DistinguishesEngines) {
  DumpInfo info = *dump();
  info.engine = info.engine == "sqlite" ? "postgresql" : "sqlite";
  const auto done = restore(info);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("fit copy"));
}

INSTANTIATE_TEST_SUITE_P(Engines, DatabaseBackup, ::testing::ValuesIn(testing::engines_and_partitions()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::store
