#include "ingest/clusters/cluster_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/clusters/cluster_batch.h"
#include "ingest/clusters/cluster_centre.h"
#include "ingest/clusters/cluster_scale.h"
#include "ingest/clusters/test_clusters.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ClusterFollowerContract : public ClustersOnEngine {};

INSTANTIATE_TEST_SUITE_P(Engines, ClusterFollowerContract, testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(ClusterFollowerContract, AnImageJoinsItsNearestOrStartsACluster) {
  const ImageId first = test_->add(0);
  const ImageId near = test_->add(20);
  const ImageId far = test_->add(90);
  const ImageId between = test_->add(40);  // near the second, not the first
  test_->follow();
  const ClusterId cluster = test_->cluster_of(first);
  EXPECT_THAT(test_->images_of(cluster), ElementsAre(first, near, between));
  EXPECT_THAT(test_->images_of(test_->cluster_of(far)), ElementsAre(far));
  EXPECT_FLOAT_EQ(test_->member(first).similarity, 1);
  EXPECT_NEAR(test_->member(between).similarity, 0.9397, 1e-3);
  const Cluster stored = test_->clusters().get(cluster).value();
  EXPECT_EQ(stored.size, 3);
  EXPECT_EQ(stored.photos, 3);
  EXPECT_EQ(stored.centre, near) << "the image in the middle";
}

TEST_P(ClusterFollowerContract, ItGoesOnWhereItWas) {
  const ImageId first = test_->add(0);
  test_->follow();
  const ClusterId cluster = test_->cluster_of(first);
  EXPECT_FALSE(test_->follower().step().value()) << "there is nothing to do";
  const ImageId second = test_->add(5);
  test_->follow();
  EXPECT_EQ(test_->cluster_of(second), cluster);
  EXPECT_EQ(test_->clusters().get(cluster)->size, 2);
}

TEST_P(ClusterFollowerContract, OnlyTheSamePictureIsACopy) {
  constexpr std::uint64_t kHash = 0xF0F0F0F0F0F0F0F0ULL;
  const ImageId first = test_->add(0, kHash);
  const ImageId copy = test_->add(1, kHash ^ 5);
  const ImageId other = test_->add(1, ~kHash);  // as near, but another picture
  test_->follow();
  EXPECT_EQ(test_->member(copy).photo, first);
  EXPECT_EQ(test_->member(other).photo, other);
  const ClusterId cluster = test_->cluster_of(first);
  EXPECT_EQ(test_->cluster_of(other), cluster) << "the same garment";
  EXPECT_EQ(test_->clusters().get(cluster)->photos, 2);
  EXPECT_THAT(test_->clusters().list({.has_copies = true}).value(), SizeIs(1));
}

TEST_P(ClusterFollowerContract, EveryImageOfEveryItemIsPlaced) {
  const auto item = test_->put(1, {{.degrees = 0}, {.degrees = 10}, {.degrees = 90}});
  const auto sold = test_->put(2, {{.degrees = 91}}, "sold");
  test_->follow();
  EXPECT_EQ(test_->cluster_of(item.images[0].id), test_->cluster_of(item.images[1].id));
  EXPECT_NE(test_->cluster_of(item.images[0].id), test_->cluster_of(item.images[2].id));
  EXPECT_EQ(test_->cluster_of(sold.images[0].id), test_->cluster_of(item.images[2].id));
}

TEST_P(ClusterFollowerContract, ImagesThatAreGoneLeave) {
  const auto item = test_->put(1, {{.degrees = 0}, {.degrees = 90}});
  const ImageId second = test_->add(10);
  test_->follow();
  const ClusterId cluster = test_->cluster_of(second);
  const ClusterId other = test_->cluster_of(item.images[1].id);
  const auto replaced = test_->put(1, {{.degrees = 5}});
  test_->follow();
  EXPECT_THAT(test_->images_of(cluster), ElementsAre(second, replaced.images[0].id));
  EXPECT_EQ(test_->clusters().get(cluster)->size, 2);
  EXPECT_EQ(test_->clusters().get(other).error().code, ErrorCode::kNotFound) << "it has no members";
  ASSERT_TRUE(test_->store().items().remove(replaced.id));
  test_->follow();
  EXPECT_THAT(test_->images_of(cluster), ElementsAre(second));
  EXPECT_EQ(test_->clusters().get(cluster)->centre, second);
}

TEST_P(ClusterFollowerContract, AStepFromAnOldStateWritesNothing) {
  const ImageId first = test_->add(0);
  const auto state = test_->database().read(read_cluster_state).value();
  test_->follow();
  const ClusterMember stale{.image = {77}, .item = {7}, .cluster = {-1}, .photo = {77}, .similarity = 1};
  const auto written = write_cluster_batch(test_->database(), {.version = state.version,
                                                               .generation = state.generation,
                                                               .added = {stale},
                                                               .position = state.position + 1000})
                           .value();
  EXPECT_FALSE(written);
  const ImageId image{77};
  EXPECT_THAT(test_->clusters().find(std::span(&image, 1)).value(), IsEmpty());
  EXPECT_TRUE(test_->cluster_of(first).value > 0);
}

TEST_P(ClusterFollowerContract, ManyImagesAreTakenInSteps) {
  std::vector<double> directions;
  for (int i = 0; i < 150; ++i) directions.push_back(i % 2 == 0 ? 0.01 * i : 120 + 0.01 * i);
  const ImageId first = test_->add_all(directions);
  test_->catalogue().catch_up();
  EXPECT_TRUE(test_->follower().step().value());
  test_->follow();
  EXPECT_THAT(test_->images_of(test_->cluster_of(first)), SizeIs(75));
  EXPECT_THAT(test_->images_of(test_->cluster_of({first.value + 1})), SizeIs(75));
  EXPECT_THAT(test_->clusters().list({}).value(), SizeIs(2));
}

TEST(ClusterCentre, IsNearestToTheMean) {
  EXPECT_EQ(central_image({}), std::nullopt);
  const std::vector<domain::ImageVector> vectors = {
      {{3}, {1}, {1, 0}}, {{1}, {1}, {0, 1}}, {{2}, {1}, {0.8F, 0.6F}}};
  EXPECT_EQ(central_image(vectors), ImageId{2});
}

TEST(ClusterScale, TranslatesByRelevance) {
  embed::Space space{.name = "test", .model = "test", .version = "1", .dimensions = 2};
  EXPECT_EQ(cluster_cosine(0.8, space), 0.8) << "without a curve a space has CLIP's scale";
  EXPECT_EQ(cluster_cosine(1, space), kSamePhotoCosine);
  space.relevance.photo = embed::RelevanceCurve::make("test", {0, 0, 1}).value();
  const double low = cluster_cosine(0.84, space);
  const double high = cluster_cosine(0.92, space);
  EXPECT_NEAR(low, 0.5 + 0.273 / 2, 0.01);
  EXPECT_GT(high, low);
  EXPECT_LE(cluster_cosine(1, space), kSamePhotoCosine);
}

}  // namespace
}  // namespace fit::ingest
