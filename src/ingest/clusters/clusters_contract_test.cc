#include "ingest/clusters/clusters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/clusters/rebuild_lease.h"
#include "ingest/clusters/test_clusters.h"
#include "ingest/labels/labels.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kPerson = "user:1";

Label title(const std::string& text) {
  return {
      .field = std::string(kTitleField), .value = text, .author = std::string(kPerson), .created_at = now()};
}

std::vector<ClusterId> ids(const Result<std::vector<Cluster>>& clusters) {
  std::vector<ClusterId> found;
  for (const Cluster& one : clusters.value()) found.push_back(one.id);
  return found;
}

class ClustersContract : public ClustersOnEngine {
 protected:
  void SetUp() override {
    ClustersOnEngine::SetUp();
    if (IsSkipped()) return;
    for (const double degrees : {0, 5, 10, 90, 95, 180}) images_.push_back(test_->add(degrees));
    test_->follow();
    large_ = test_->cluster_of(images_[0]);
    middle_ = test_->cluster_of(images_[3]);
    single_ = test_->cluster_of(images_[5]);
  }

  std::vector<ClusterRule> rules() { return test_->database().read(read_cluster_rules).value(); }

  std::vector<ImageId> images_;  // three of large_, two of middle_, one of single_
  ClusterId large_;
  ClusterId middle_;
  ClusterId single_;
};

INSTANTIATE_TEST_SUITE_P(Engines, ClustersContract, testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(ClustersContract, ListsInEachOrder) {
  using Order = ClusterQuery::Order;
  Clusters clusters = test_->clusters();
  EXPECT_THAT(ids(clusters.list({})), ElementsAre(large_, middle_, single_));
  EXPECT_THAT(ids(clusters.list({.order = Order::kNewest})), ElementsAre(single_, middle_, large_));
  EXPECT_THAT(ids(clusters.list({.min_size = 2})), ElementsAre(large_, middle_));
  EXPECT_THAT(ids(clusters.list({.has_copies = true})), IsEmpty());
  EXPECT_THAT(ids(clusters.list({.order = Order::kLabel})), IsEmpty());
  ASSERT_TRUE(clusters.set_label(middle_, title("boots"), kPerson));
  ASSERT_TRUE(clusters.set_label(single_, title("anorak"), kPerson));
  EXPECT_THAT(ids(clusters.list({.order = Order::kLabel})), ElementsAre(single_, middle_));
  for (const Order order : {Order::kSize, Order::kNewest, Order::kLabel}) {
    std::vector<ClusterId> paged;
    ClusterQuery query{.order = order, .limit = 1};
    for (auto page = clusters.list(query).value(); !page.empty(); page = clusters.list(query).value()) {
      paged.push_back(page.front().id);
      query.after = page.front();
    }
    EXPECT_EQ(paged, ids(clusters.list({.order = order})));
  }
}

TEST_P(ClustersContract, LabelsAreThoseOfPeople) {
  Clusters clusters = test_->clusters();
  const Cluster named = clusters.set_label(large_, title("Rust dress"), kPerson).value();
  EXPECT_EQ(named.label, "Rust dress");
  EXPECT_EQ(named.label_origin, LabelOrigin::kPerson);
  EXPECT_EQ(clusters.get(large_)->label, "Rust dress");
  EXPECT_EQ(clusters.set_label(large_, std::nullopt, kPerson)->label, "");
  EXPECT_EQ(clusters.set_label(large_, std::nullopt, kPerson)->label_origin, std::nullopt);
  EXPECT_EQ(clusters.set_label({999}, title("x"), kPerson).error().code, ErrorCode::kNotFound);
}

TEST_P(ClustersContract, MergesIntoTheFirst) {
  Clusters clusters = test_->clusters();
  ASSERT_TRUE(clusters.set_label(middle_, title("boots"), kPerson));
  const std::vector<ClusterId> both = {single_, middle_};
  const Cluster merged = clusters.merge(both, kPerson).value();
  EXPECT_EQ(merged.id, single_);
  EXPECT_EQ(merged.size, 3);
  EXPECT_EQ(merged.label, "boots") << "the first had no name";
  EXPECT_EQ(clusters.get(middle_).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(test_->images_of(single_), ElementsAre(images_[3], images_[4], images_[5]));
  EXPECT_THAT(rules(), SizeIs(1));
  const std::vector<ClusterId> twice = {single_, single_};
  EXPECT_EQ(clusters.merge(twice, kPerson).error().field, "cluster_ids");
  const std::vector<ClusterId> unknown = {single_, middle_};
  EXPECT_EQ(clusters.merge(unknown, kPerson).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(clusters.get(single_)->size, 3) << "nothing has changed";
}

TEST_P(ClustersContract, SplitsMembersOff) {
  Clusters clusters = test_->clusters();
  const std::vector<ImageId> leaving = {images_[2], images_[0]};
  const auto [part, rest] = clusters.split(large_, leaving, kPerson).value();
  EXPECT_EQ(rest.id, large_);
  EXPECT_THAT(test_->images_of(part.id), ElementsAre(images_[0], images_[2]));
  EXPECT_THAT(test_->images_of(large_), ElementsAre(images_[1]));
  EXPECT_EQ(rest.centre, images_[1]);
  EXPECT_EQ(part.size, 2);
  const std::vector<ImageId> last = {images_[1]};
  EXPECT_EQ(clusters.split(large_, last, kPerson).error().field, "image_ids") << "one must stay";
  const std::vector<ImageId> foreign = {images_[3]};
  EXPECT_EQ(clusters.split(part.id, foreign, kPerson).error().field, "image_ids");
  EXPECT_EQ(clusters.split(part.id, {}, kPerson).error().field, "image_ids");
  EXPECT_EQ(clusters.split({999}, foreign, kPerson).error().code, ErrorCode::kNotFound);
}

TEST_P(ClustersContract, MovesAnImageWithItsCopies) {
  constexpr std::uint64_t kHash = 0x0F0F0F0F0F0F0F0FULL;
  const ImageId one = test_->add(181, kHash);
  const ImageId copy = test_->add(182, kHash);
  test_->follow();
  ASSERT_EQ(test_->cluster_of(copy), single_);
  Clusters clusters = test_->clusters();
  const Cluster target = clusters.move(one, middle_, kPerson).value();
  EXPECT_EQ(target.id, middle_);
  EXPECT_EQ(target.size, 4);
  EXPECT_EQ(target.photos, 3);
  EXPECT_EQ(test_->cluster_of(copy), middle_);
  EXPECT_THAT(test_->images_of(single_), ElementsAre(images_[5]));
  EXPECT_EQ(clusters.move(images_[5], middle_, kPerson)->size, 5);
  EXPECT_EQ(clusters.get(single_).error().code, ErrorCode::kNotFound) << "it was left without members";
  EXPECT_EQ(clusters.move(images_[5], middle_, kPerson)->size, 5) << "it is there already";
  EXPECT_EQ(clusters.move({999}, middle_, kPerson).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(clusters.move(images_[5], {999}, kPerson).error().code, ErrorCode::kNotFound);
}

TEST_P(ClustersContract, SeparatesImages) {
  Clusters clusters = test_->clusters();
  const auto [one, other] = clusters.separate(images_[0], images_[1], kPerson).value();
  EXPECT_EQ(other.id, large_);
  EXPECT_THAT(test_->images_of(one.id), ElementsAre(images_[0]));
  const auto again = clusters.separate(images_[0], images_[1], kPerson).value();
  EXPECT_EQ(again.first.id, one.id) << "they are apart already";
  EXPECT_EQ(clusters.separate(images_[0], images_[0], kPerson).error().field, "other_image_id");
  EXPECT_EQ(clusters.separate(images_[0], {999}, kPerson).error().code, ErrorCode::kNotFound);
  const std::vector<ClusterId> both = {large_, one.id};
  ASSERT_TRUE(clusters.merge(both, kPerson));
  for (const ClusterRule& rule : rules())
    EXPECT_NE(rule.relation, ClusterRule::Relation::kApart) << "a merge is the later word";
}

TEST_P(ClustersContract, ACopyCanBeSeparated) {
  constexpr std::uint64_t kHash = 0x0F0F0F0F0F0F0F0FULL;
  const ImageId one = test_->add(250, kHash);
  const ImageId copy = test_->add(250.5, kHash);
  test_->follow();
  ASSERT_EQ(test_->member(copy).photo, one);
  const auto [alone, rest] = test_->clusters().separate(one, copy, kPerson).value();
  EXPECT_NE(alone.id, rest.id);
  EXPECT_NE(test_->member(one).photo, test_->member(copy).photo);
}

TEST_P(ClustersContract, NothingChangesDuringARebuild) {
  Clusters clusters = test_->clusters();
  const std::vector<ClusterId> both = {large_, middle_};
  {
    const auto lease = RebuildLease::take(test_->database()).value();
    EXPECT_EQ(clusters.merge(both, kPerson).error().code, ErrorCode::kConflict);
    EXPECT_EQ(clusters.set_label(large_, title("x"), kPerson).error().code, ErrorCode::kConflict);
    EXPECT_EQ(RebuildLease::take(test_->database()).error().code, ErrorCode::kConflict);
    const ImageId late = test_->add(1);
    test_->follow();
    EXPECT_THAT(clusters.find(std::span(&late, 1)).value(), IsEmpty()) << "the follower waits";
  }
  EXPECT_TRUE(clusters.merge(both, kPerson)) << "the lease was given back";
}

}  // namespace
}  // namespace fit::ingest
