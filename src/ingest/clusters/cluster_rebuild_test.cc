#include "ingest/clusters/cluster_rebuild.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/clusters/graph_linking.h"
#include "ingest/clusters/test_clusters.h"
#include "ingest/labels/labels.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kRebuilder = "user:2";

class ClusterRebuildContract : public ClustersOnEngine {
 protected:
  ClusterRebuildReport rebuild(const std::stop_token& stop = {}) {
    test_->catalogue().catch_up();
    return try_rebuild(stop).value();
  }
  Result<ClusterRebuildReport> try_rebuild(const std::stop_token& stop = {}) {
    return rebuild_clusters(test_->store(), test_->searcher(), {.threshold = TestClusters::kThreshold}, {},
                            stop);
  }
  std::int64_t stored_rows() {
    return test_->database()
        .read([](sql::SqlConnection& connection) {
          return connection.query_integer("SELECT COUNT(*) FROM cluster_members", {});
        })
        .value()
        .value();
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, ClusterRebuildContract, testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(ClusterRebuildContract, BreaksChainsAndKeepsIds) {
  std::vector<ImageId> images;
  for (const double degrees : {0, 20, 40, 60, 200}) images.push_back(test_->add(degrees));
  test_->follow();
  const ClusterId chain = test_->cluster_of(images[0]);
  const ClusterId alone = test_->cluster_of(images[4]);
  ASSERT_EQ(test_->cluster_of(images[3]), chain) << "each image joins its nearest";
  const ClusterRebuildReport report = rebuild();
  EXPECT_THAT(test_->images_of(test_->cluster_of(images[0])), ElementsAre(images[0], images[1]));
  EXPECT_THAT(test_->images_of(test_->cluster_of(images[2])), ElementsAre(images[2], images[3]));
  EXPECT_EQ(test_->cluster_of(images[0]), chain) << "of equal parts the first keeps the id";
  EXPECT_EQ(test_->cluster_of(images[4]), alone);
  EXPECT_EQ(report.images, 5);
  EXPECT_EQ(report.clusters_before, 2);
  EXPECT_EQ(report.clusters, 3);
  EXPECT_EQ(report.kept, 2);
  EXPECT_EQ(report.moved, 2);
  EXPECT_EQ(report.placed, 0);
  EXPECT_EQ(report.photos, 5);
  EXPECT_EQ(stored_rows(), 5) << "the old generation is gone";
  const ClusterRebuildReport again = rebuild();
  EXPECT_EQ(again.moved, 0);
  EXPECT_EQ(again.kept, 3);
}

TEST_P(ClusterRebuildContract, PlacesImagesThatNobodyPlaced) {
  constexpr std::uint64_t kHash = 0xFF00FF00FF00FF00ULL;
  const ImageId one = test_->add(0, kHash);
  const ImageId copy = test_->add(0.5, kHash);
  const auto item = test_->put(1, {{.degrees = 100}, {.degrees = 103}});
  const ClusterRebuildReport report = rebuild();
  EXPECT_EQ(report.placed, 4);
  EXPECT_EQ(report.clusters, 2);
  EXPECT_EQ(report.photos, 3);
  EXPECT_EQ(test_->member(copy).photo, one);
  EXPECT_EQ(test_->cluster_of(item.images[0].id), test_->cluster_of(item.images[1].id));
  const ImageId late = test_->add(101);
  test_->follow();
  EXPECT_EQ(test_->cluster_of(late), test_->cluster_of(item.images[0].id)) << "the follower goes on";
  EXPECT_EQ(test_->clusters().get(test_->cluster_of(late))->size, 3);
}

TEST_P(ClusterRebuildContract, WhatPeopleSaidHolds) {
  std::vector<ImageId> images;
  for (const double degrees : {0, 1, 2, 90, 91, 180, 270, 271, 272}) images.push_back(test_->add(degrees));
  test_->follow();
  Clusters clusters = test_->clusters();
  ASSERT_TRUE(clusters.separate(images[0], images[2], kRebuilder));
  const std::vector<ClusterId> both = {test_->cluster_of(images[3]), test_->cluster_of(images[5])};
  ASSERT_TRUE(clusters.merge(both, kRebuilder));
  const std::vector<ImageId> leaving = {images[6], images[7]};
  ASSERT_TRUE(clusters.split(test_->cluster_of(images[6]), leaving, kRebuilder));
  ASSERT_TRUE(clusters.move(images[1], test_->cluster_of(images[8]), kRebuilder));
  rebuild();
  EXPECT_NE(test_->cluster_of(images[0]), test_->cluster_of(images[2]));
  EXPECT_EQ(test_->cluster_of(images[3]), test_->cluster_of(images[5]))
      << "merged, though they are far apart";
  EXPECT_EQ(test_->cluster_of(images[4]), test_->cluster_of(images[5]));
  EXPECT_EQ(test_->cluster_of(images[6]), test_->cluster_of(images[7]));
  EXPECT_NE(test_->cluster_of(images[6]), test_->cluster_of(images[8]));
  EXPECT_EQ(test_->cluster_of(images[1]), test_->cluster_of(images[8]));
  EXPECT_NE(test_->cluster_of(images[1]), test_->cluster_of(images[2]));
}

TEST_P(ClusterRebuildContract, AMergeOutlivesTheImageThatItWasMadeBy) {
  std::vector<ImageId> images;
  for (const double degrees : {0, 1, 90}) images.push_back(test_->add(degrees));
  test_->follow();
  Clusters clusters = test_->clusters();
  const Cluster first = clusters.get(test_->cluster_of(images[0])).value();
  const std::vector<ClusterId> both = {first.id, test_->cluster_of(images[2])};
  ASSERT_TRUE(clusters.merge(both, kRebuilder));
  const ImageId rest = first.centre == images[0] ? images[1] : images[0];
  ASSERT_TRUE(clusters.separate(first.centre, images[2], kRebuilder));
  rebuild();
  EXPECT_EQ(test_->cluster_of(rest), test_->cluster_of(images[2]));
  EXPECT_NE(test_->cluster_of(first.centre), test_->cluster_of(rest));
}

TEST_P(ClusterRebuildContract, LabelsFollowTheImages) {
  std::vector<ImageId> images;
  for (const double degrees : {0, 30, 60}) images.push_back(test_->add(degrees));
  test_->follow();
  const ClusterId middle = test_->cluster_of(images[1]);
  const Label label{.field = std::string(kTitleField), .value = "scarf", .author = std::string(kRebuilder)};
  ASSERT_TRUE(test_->clusters().set_label(middle, label, kRebuilder));
  const ImageId bridge = test_->add(15);
  const ImageId more = test_->add(14);
  const ClusterRebuildReport report = rebuild();
  EXPECT_EQ(report.placed, 2);
  const ClusterId now_in = test_->cluster_of(images[1]);
  EXPECT_EQ(test_->clusters().get(now_in)->label, "scarf")
      << bridge.value << " and " << more.value << " changed the clusters";
}

TEST_P(ClusterRebuildContract, AStopLeavesTheOldClusters) {
  const ImageId image = test_->add(0);
  test_->follow();
  const ClusterId cluster = test_->cluster_of(image);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(try_rebuild(stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(test_->cluster_of(image), cluster);
  EXPECT_EQ(rebuild().kept, 1) << "the lease was given back";
}

TEST_P(ClusterRebuildContract, RowsOfAnInterruptedRebuildAreRemoved) {
  const ImageId image = test_->add(0);
  test_->follow();
  const ClusterMember left{.image = {999}, .item = {999}, .cluster = {999}, .photo = {999}, .similarity = 1};
  ASSERT_TRUE(test_->database().write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) {
    return insert_members(connection, 2, std::span(&left, 1));
  }));
  rebuild();
  EXPECT_EQ(stored_rows(), 1);
  EXPECT_TRUE(test_->cluster_of(image).value > 0);
  const ImageId gone{999};
  EXPECT_THAT(test_->clusters().find(std::span(&gone, 1)).value(), IsEmpty());
}

TEST_P(ClusterRebuildContract, LargePartsAreDivided) {
  std::vector<double> directions;
  for (int i = 0; i < 30; ++i) directions.push_back(0.1 * i);
  test_->add_all(directions);
  test_->catalogue().catch_up();
  NeighbourGraph graph =
      make_neighbour_graph(read_graph_images(test_->store(), {}).value(), test_->searcher(), 0.9, 1, {}, {})
          .value();
  const auto linked =
      link_graph(graph, {}, test_->searcher(), {.threshold = 0.9, .threads = 1, .most_images = 10}, {}, {})
          .value();
  std::map<std::uint32_t, int> sizes;
  for (const std::uint32_t cluster : linked.cluster) ++sizes[cluster];
  EXPECT_GE(sizes.size(), 3U);
  for (const auto& [cluster, size] : sizes) EXPECT_LE(size, 10);
}

}  // namespace
}  // namespace fit::ingest
