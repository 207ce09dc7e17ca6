// Images of assets in clusters, on each engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "ingest/assets/assets.h"
#include "ingest/assets/frame_ids.h"
#include "ingest/clusters/cluster_rebuild.h"
#include "ingest/clusters/frame_index.h"
#include "ingest/clusters/test_clusters.h"
#include "ingest/labels/labels.h"
#include "store/catalogue_migrations.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kAssetEditor = "user:3";

class AssetClustersContract : public ClustersOnEngine {
 protected:
  // Adds an asset with an image for each direction. It has vectors unless they are left out.
  AssetId add_asset(const std::vector<TestImage>& images, bool has_vectors = true) {
    Assets table = assets();
    const std::string content = "asset " + std::to_string(++assets_added_);
    const NewAsset sent{.sha256 = sha256_hex(as_bytes(content)),
                        .media_type = "image/jpeg",
                        .size_bytes = 7,
                        .name = content + ".jpg",
                        .owner = "key:1"};
    const AssetId id = table.add(std::span(&sent, 1)).value().at(0).id;
    AssetFacts facts{.width = 3, .height = 4};
    for (const TestImage& image : images) {
      FrameWrite frame;
      frame.frame.sha256 = sha256_hex(as_bytes(content + std::to_string(facts.frames.size())));
      frame.frame.perceptual_hash =
          image.hash != 0 ? image.hash
                          : 0xC2B2AE3D27D4EB4FULL * (16 * assets_added_ + facts.frames.size() + 1);
      if (has_vectors) {
        frame.vectors.push_back(
            {.space_id = test_->catalogue().space().id, .values = TestClusters::direction(image.degrees)});
      }
      facts.frames.push_back(std::move(frame));
    }
    EXPECT_TRUE(table.finish(table.get(id).value(), facts, 1));
    return id;
  }

  std::vector<ImageId> images(AssetId asset) {
    std::vector<ImageId> ids;
    const auto frames = assets().frames().of(asset).value();
    for (const AssetFrame& frame : frames) ids.push_back(image_of_frame(frame.id));
    return ids;
  }
  ImageId image(AssetId asset) { return images(asset).at(0); }
  ImageId add_photo(double degrees, std::uint64_t hash = 0) {
    return image(add_asset({{.degrees = degrees, .hash = hash}}));
  }
  bool is_member(ImageId image) { return !test_->clusters().find(std::span(&image, 1)).value().empty(); }

  // Adds the item that is made of the asset's only image, and returns it as stored.
  domain::ItemRecord add_item_of(AssetId asset, double degrees) {
    domain::ItemWrite item;
    item.listing = store::testing::make_listing(77);
    domain::ImageWrite write = store::testing::make_image(77);
    const AssetFrame frame = assets().frames().of(asset).value().at(0);
    write.sha256 = frame.sha256;
    write.perceptual_hash = frame.perceptual_hash;
    write.vectors.push_back({test_->catalogue().space().id, TestClusters::direction(degrees)});
    item.images.push_back(std::move(write));
    const ItemId id = test_->store().items().upsert(std::span(&item, 1)).value().front().id;
    return test_->store().items().get(id).value();
  }
  // What the worker stores when it has made the item.
  void note_item(AssetId asset, ItemId item) {
    AssetFacts facts{.width = 3, .height = 4, .item = item};
    facts.frames.push_back({.frame = assets().frames().of(asset).value().at(0)});
    ASSERT_TRUE(assets().finish(assets().get(asset).value(), facts, 1));
  }

  ClusterRebuildReport rebuild_all() {
    test_->catalogue().catch_up();
    return rebuild_clusters(test_->store(), test_->searcher(), {.threshold = TestClusters::kThreshold}, {},
                            {})
        .value();
  }
  Assets assets() { return Assets(test_->database()); }

  std::size_t assets_added_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Engines, AssetClustersContract, testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(AssetClustersContract, AnAssetJoinsItsNearestAndIsJoined) {
  const ImageId item = test_->add(0);
  test_->follow();
  const ImageId near = add_photo(10);
  const ImageId first = add_photo(90);
  const ImageId second = add_photo(95);
  test_->follow();
  EXPECT_THAT(test_->images_of(test_->cluster_of(item)), ElementsAre(item, near));
  const ClusterId cluster = test_->cluster_of(first);
  EXPECT_EQ(test_->cluster_of(second), cluster);
  const ImageId late = test_->add(100);
  test_->follow();
  EXPECT_THAT(test_->images_of(cluster), ElementsAre(late, first, second));
  EXPECT_EQ(test_->clusters().get(cluster)->size, 3);
  EXPECT_EQ(test_->clusters().get(cluster)->centre, second) << "the image in the middle";
  EXPECT_FALSE(test_->follower().step().value()) << "there is nothing to do";
}

TEST_P(AssetClustersContract, EachFrameIsAMember) {
  const AssetId video = add_asset({{.degrees = 0}, {.degrees = 90}, {.degrees = 92}});
  test_->follow();
  const auto frames = images(video);
  EXPECT_NE(test_->cluster_of(frames[0]), test_->cluster_of(frames[1]));
  EXPECT_EQ(test_->cluster_of(frames[1]), test_->cluster_of(frames[2]));
}

TEST_P(AssetClustersContract, CopiesAreOnePhoto) {
  constexpr std::uint64_t kHash = 0xF0F0F0F0F0F0F0F0ULL;
  const ImageId item = test_->add(0, kHash);
  test_->follow();
  const ImageId copy = add_photo(1, kHash ^ 5);
  const ImageId again = add_photo(1, kHash ^ 3);
  test_->follow();
  EXPECT_EQ(test_->member(copy).photo, item);
  EXPECT_EQ(test_->member(again).photo, item);
  EXPECT_EQ(test_->clusters().get(test_->cluster_of(item))->photos, 1);
}

TEST_P(AssetClustersContract, ARemovedAssetLeaves) {
  const ImageId item = test_->add(0);
  const AssetId near = add_asset({{.degrees = 5}});
  const AssetId alone = add_asset({{.degrees = 90}});
  test_->follow();
  const ClusterId cluster = test_->cluster_of(item);
  const ClusterId other = test_->cluster_of(image(alone));
  ASSERT_EQ(test_->cluster_of(image(near)), cluster);
  ASSERT_TRUE(assets().remove(near));
  ASSERT_TRUE(assets().remove(alone));
  test_->follow();
  EXPECT_THAT(test_->images_of(cluster), ElementsAre(item));
  EXPECT_EQ(test_->clusters().get(cluster)->centre, item);
  EXPECT_EQ(test_->clusters().get(other).error().code, ErrorCode::kNotFound) << "it has no members";
}

TEST_P(AssetClustersContract, PeopleSortThemLikeOthers) {
  const ImageId item = test_->add(0);
  const ImageId one = add_photo(5);
  const ImageId two = add_photo(90);
  test_->follow();
  Clusters clusters = test_->clusters();
  const auto [alone, rest] = clusters.separate(one, item, kAssetEditor).value();
  EXPECT_THAT(test_->images_of(alone.id), ElementsAre(one));
  EXPECT_EQ(clusters.move(one, test_->cluster_of(two), kAssetEditor)->size, 2);
  const std::vector<ClusterId> both = {rest.id, test_->cluster_of(two)};
  EXPECT_EQ(clusters.merge(both, kAssetEditor)->size, 3);
  const std::vector<ImageId> leaving = {two};
  EXPECT_EQ(clusters.split(rest.id, leaving, kAssetEditor)->first.size, 1);
}

TEST_P(AssetClustersContract, ARebuildKeepsWhatPeopleSaid) {
  const ImageId item = test_->add(0);
  const ImageId one = add_photo(3);
  const ImageId two = add_photo(5);
  test_->follow();
  ASSERT_TRUE(test_->clusters().separate(one, two, kAssetEditor));
  const ImageId late = add_photo(90);
  const ClusterRebuildReport report = rebuild_all();
  EXPECT_EQ(report.images, 4);
  EXPECT_EQ(report.placed, 1);
  EXPECT_NE(test_->cluster_of(one), test_->cluster_of(two));
  EXPECT_TRUE(is_member(late));
  EXPECT_TRUE(is_member(item));
  EXPECT_FALSE(test_->follower().step().value()) << "the rebuild has all changes";
  const ClusterRebuildReport again = rebuild_all();
  EXPECT_EQ(again.moved, 0);
}

TEST_P(AssetClustersContract, AnItemTakesThePlaceOfItsAsset) {
  const AssetId asset = add_asset({{.degrees = 0}});
  const ImageId other = add_photo(5);
  test_->follow();
  Clusters clusters = test_->clusters();
  const ImageId before = image(asset);
  const ClusterId cluster = clusters.separate(before, other, kAssetEditor)->first.id;
  const Label name{.field = std::string(kTitleField),
                   .value = "Boots",
                   .author = std::string(kAssetEditor),
                   .created_at = now()};
  ASSERT_TRUE(clusters.set_label(cluster, name, kAssetEditor));
  const domain::ItemRecord item = add_item_of(asset, 0);
  note_item(asset, item.id);
  test_->follow();
  EXPECT_THAT(test_->images_of(cluster), ElementsAre(item.images[0].id));
  EXPECT_EQ(clusters.get(cluster)->label, "Boots");
  EXPECT_EQ(clusters.get(cluster)->size, 1);
  EXPECT_FALSE(is_member(before));
  rebuild_all();
  EXPECT_NE(test_->cluster_of(item.images[0].id), test_->cluster_of(other)) << "what was said still holds";
}

TEST_P(AssetClustersContract, NoImageIsInAClusterTwice) {
  const AssetId asset = add_asset({{.degrees = 0}});
  test_->follow();
  const ClusterId cluster = test_->cluster_of(image(asset));
  const domain::ItemRecord item = add_item_of(asset, 0);
  test_->follow();  // before the worker has stored that the asset is an item
  EXPECT_EQ(test_->member(item.images[0].id).photo, image(asset));
  note_item(asset, item.id);
  test_->follow();
  EXPECT_THAT(test_->images_of(cluster), ElementsAre(item.images[0].id));
  EXPECT_EQ(test_->clusters().get(cluster)->photos, 1);
}

TEST_P(AssetClustersContract, ComesBackWhenItsItemIsGone) {
  const AssetId asset = add_asset({{.degrees = 0}});
  const domain::ItemRecord item = add_item_of(asset, 0);
  note_item(asset, item.id);
  test_->follow();
  EXPECT_FALSE(is_member(image(asset)));
  ASSERT_TRUE(test_->store().items().remove(item.id));
  const AssetFrame frame = assets().frames().of(asset).value().at(0);
  const FrameVectorWrite vector{
      .frame = frame.id, .sha256 = frame.sha256, .values = TestClusters::direction(0)};
  EXPECT_EQ(assets().frames().put_vectors(test_->catalogue().space().id, std::span(&vector, 1)).value(), 1);
  test_->follow();
  EXPECT_TRUE(is_member(image(asset)));
  EXPECT_THAT(test_->clusters().list({}).value(), SizeIs(1));
}

TEST_P(AssetClustersContract, AnAssetWithoutAVectorWaits) {
  const AssetId asset = add_asset({{.degrees = 0}}, /*has_vectors=*/false);
  test_->follow();
  EXPECT_FALSE(is_member(image(asset)));
  EXPECT_THAT(test_->clusters().list({}).value(), IsEmpty());
}

TEST_P(AssetClustersContract, ManyAreTakenInSteps) {
  for (int i = 0; i < 150; ++i) add_photo(i % 2 == 0 ? 0.01 * i : 120 + 0.01 * i);
  test_->catalogue().catch_up();
  EXPECT_TRUE(test_->follower().step().value());
  EXPECT_TRUE(test_->follower().step().value());
  EXPECT_FALSE(test_->follower().step().value());
  const auto clusters = test_->clusters().list({}).value();
  ASSERT_THAT(clusters, SizeIs(2));
  EXPECT_EQ(clusters[0].size, 75);
  EXPECT_EQ(clusters[1].size, 75);
}

TEST_P(AssetClustersContract, AssetsOfAnEarlierVersionAreClustered) {
  const ImageId before = add_photo(0);
  const auto all = store::catalogue_migrations();
  const auto added = std::ranges::find(all, std::string_view("asset_changes"), &sql::Migration::name);
  ASSERT_TRUE(added != all.end());
  ASSERT_TRUE(
      test_->database().write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<void> {
        FIT_CHECK(connection.run_script(
            "DROP TABLE asset_changes; DELETE FROM counters WHERE name IN ('assets', 'clusters_assets')"));
        return connection.run_script(std::string(added->sql));
      }));
  test_->follow();
  EXPECT_TRUE(is_member(before));
  const ImageId late = add_photo(5);
  test_->follow();
  EXPECT_EQ(test_->cluster_of(late), test_->cluster_of(before));
}

TEST_P(AssetClustersContract, AnIndexFollowsTheChanges) {
  FrameIndex index(test_->database(), test_->catalogue().space());
  ASSERT_TRUE(index.catch_up({}));
  const auto nearest = [&index] {
    return index.nearest(TestClusters::direction(0), {.limit = 5, .min_similarity = 0.5F}).value();
  };
  EXPECT_THAT(nearest(), IsEmpty());
  const AssetId near = add_asset({{.degrees = 5}, {.degrees = 170}});
  add_asset({{.degrees = 90}});
  ASSERT_TRUE(index.catch_up({}));
  ASSERT_THAT(nearest(), SizeIs(1));
  EXPECT_EQ(nearest()[0].item, item_of_asset(near));
  EXPECT_EQ(nearest()[0].image, image(near));
  EXPECT_THAT(index.vectors_of(std::span(&near, 1)), SizeIs(2));
  const std::int64_t position = index.position();
  ASSERT_TRUE(assets().remove(near));
  ASSERT_TRUE(index.catch_up({}));
  EXPECT_GT(index.position(), position);
  EXPECT_THAT(nearest(), IsEmpty());
}

}  // namespace
}  // namespace fit::ingest
