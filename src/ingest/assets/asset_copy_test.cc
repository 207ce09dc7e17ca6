// Copies of assets, between the engines.
#include "ingest/assets/asset_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/assets/asset_changes.h"
#include "ingest/assets/test_assets.h"
#include "store/test_support.h"

namespace fit::ingest {
namespace {

using testing::add;
using testing::sent;
using ::testing::SizeIs;

class AssetCopyTest : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    from_ = store::open_catalogue(GetParam().url(from_folder_)).value();
    to_ = store::open_catalogue(store::testing::sqlite_url(to_folder_)).value();
    back_ = store::open_catalogue(GetParam().url(back_folder_)).value();
    // Spaces whose ids differ in the copies.
    ASSERT_TRUE(to_->spaces().ensure(space("first")));
    space_ = from_->spaces().ensure(space("second")).value().id;
  }

  static domain::SpaceRecord space(const std::string& name) {
    domain::SpaceRecord record;
    record.name = name;
    record.model = name;
    record.version = "1";
    record.dimensions = 2;
    return record;
  }

  AssetId done(const std::string& content) {
    Assets table(from_->database());
    const AddedAsset added = add(table, sent(content, {.title = content, .tags = {"x"}}));
    AssetFacts facts{.width = 3, .height = 4, .perceptual_hash = ~std::uint64_t{7}};
    facts.frames = {{.frame = {.sha256 = sha256_hex(as_bytes(content)), .width = 3, .height = 4},
                     .vectors = {{.space_id = space_, .values = {0.25F, -1.5F}}}}};
    EXPECT_TRUE(table.finish(table.get(added.id).value(), facts, 2));
    return added.id;
  }

  static AssetCopyReport copy(store::Catalogue& from, store::Catalogue& to) {
    AssetCopyReport report;
    const auto copied = copy_assets(from, to, {}, {}, report);
    EXPECT_TRUE(copied) << copied.error().describe();
    return report;
  }

  TempDir from_folder_;
  TempDir to_folder_;
  TempDir back_folder_;
  std::unique_ptr<store::Catalogue> from_;
  std::unique_ptr<store::Catalogue> to_;
  std::unique_ptr<store::Catalogue> back_;
  std::int64_t space_ = 0;
};

TEST_P(AssetCopyTest, AssetsAreCopiedThereAndBackWithFramesAndVectors) {
  const AssetId first = done("a");
  const AssetId second = done("b");
  copy(*from_, *to_);
  const AssetCopyReport report = copy(*to_, *back_);
  EXPECT_EQ(report.of, 2);
  EXPECT_EQ(report.unfinished, 0);
  Assets copies(back_->database());
  Assets originals(from_->database());
  for (const AssetId id : {first, second}) {
    const Asset ours = copies.get(id).value();
    const Asset theirs = originals.get(id).value();
    EXPECT_EQ(ours.sha256, theirs.sha256);
    EXPECT_EQ(ours.metadata, theirs.metadata);
    EXPECT_EQ(ours.perceptual_hash, theirs.perceptual_hash);
    EXPECT_EQ(ours.updated_at, theirs.updated_at);
    EXPECT_EQ(ours.finished_at, theirs.finished_at);
    EXPECT_EQ(ours.job, 0) << "its job is not here";
    EXPECT_EQ(copies.frames().of(id).value().at(0).id, originals.frames().of(id).value().at(0).id);
  }
  const std::int64_t there = back_->spaces().ensure(space("second")).value().id;
  const auto vectors = copies.frames().vectors(there, 0, 10).value();
  ASSERT_THAT(vectors, SizeIs(2));
  EXPECT_THAT(vectors[0].values, ::testing::ElementsAre(0.25F, -1.5F));
  const AddedAsset next = add(copies, sent("c"));
  EXPECT_GT(next.id.value, second.value) << "new assets get larger ids";
}

TEST_P(AssetCopyTest, ARepeatedCopyFollowsChanges) {
  std::vector<NewAsset> many;
  for (int i = 0; i < 250; ++i) many.push_back(sent(std::to_string(i)));
  std::vector<AssetId> ids;
  const auto added = Assets(from_->database()).add(many).value();
  for (const AddedAsset& one : added) ids.push_back(one.id);
  EXPECT_EQ(copy(*from_, *to_).copied, 250);
  EXPECT_EQ(copy(*from_, *to_).copied, 0) << "nothing has changed";
  Assets table(from_->database());
  ASSERT_TRUE(table.remove(ids[5]));
  ASSERT_TRUE(table.remove(ids[249]));
  const AssetId again = add(table, sent("5")).id;  // the same bytes, another id
  const AssetCopyReport report = copy(*from_, *to_);
  EXPECT_LT(report.copied, 250) << "pages without changes are left alone";
  EXPECT_EQ(report.of, 249);
  Assets copies(to_->database());
  EXPECT_FALSE(copies.get(ids[5]));
  EXPECT_FALSE(copies.get(ids[249]));
  EXPECT_TRUE(copies.get(again));
  EXPECT_THAT(copies.list({.limit = 1000}).value(), SizeIs(249));
}

TEST_P(AssetCopyTest, WhatFollowsACopySeesWhatWasCopied) {
  const auto changed = [this] {
    std::vector<std::int64_t> ids;
    const auto changes = to_->database().read(
        [](sql::SqlConnection& connection) { return read_asset_changes(connection, 0, 100); });
    for (const AssetChange& one : changes.value()) ids.push_back(one.asset.value);
    return ids;
  };
  const AssetId first = done("a");
  const AssetId second = done("b");
  copy(*from_, *to_);
  EXPECT_THAT(changed(), ::testing::ElementsAre(first.value, second.value));
  ASSERT_TRUE(Assets(from_->database()).remove(second));
  copy(*from_, *to_);
  EXPECT_EQ(changed().back(), second.value) << "its removal is the latest change";
}

TEST_P(AssetCopyTest, UnfinishedAssetsGetJobsAnew) {
  Assets table(from_->database());
  const AddedAsset queued = add(table, sent("queued"));
  const AddedAsset working = add(table, sent("working"));
  ASSERT_TRUE(table.begin_work(working.id, working.job));
  EXPECT_EQ(copy(*from_, *to_).unfinished, 2);
  Assets copies(to_->database());
  EXPECT_EQ(copies.reconcile().value().queued, 2);
  for (const AssetId id : {queued.id, working.id}) {
    const Asset asset = copies.get(id).value();
    EXPECT_EQ(asset.state, AssetState::kQueued);
    EXPECT_EQ(jobs::Queue(to_->database()).find({asset.job})->kind, kAssetJob);
  }
}

TEST_P(AssetCopyTest, AssetsOfAnotherCatalogueAreNotReplaced) {
  EXPECT_TRUE(check_asset_copy(*from_)) << "it is empty";
  done("a");
  EXPECT_EQ(check_asset_copy(*from_).error().code, ErrorCode::kConflict);
  ASSERT_TRUE(from_->metadata().put("copy", "{}"));
  EXPECT_TRUE(check_asset_copy(*from_)) << "it is a copy";
}

INSTANTIATE_TEST_SUITE_P(Engines, AssetCopyTest, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::ingest
