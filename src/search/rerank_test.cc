#include "search/rerank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "base/temp_dir.h"

namespace fit::search {
namespace {

using ::testing::HasSubstr;

TEST(RerankSpaces, AreRead) {
  EXPECT_TRUE(parse_rerank_spaces("")->empty());
  const auto two = parse_rerank_spaces(" palette:0.5, clip:vit : 1 ,");
  ASSERT_TRUE(two) << two.error().describe();
  ASSERT_EQ(two->size(), 2U);
  EXPECT_EQ((*two)[0].space, "palette");
  EXPECT_EQ((*two)[0].weight, 0.5);
  EXPECT_EQ((*two)[1].space, "clip:vit");
  EXPECT_EQ((*two)[1].weight, 1);
}

TEST(RerankSpaces, AreRefusedWithTheSettingsName) {
  for (const std::string setting : {"palette", "palette:", ":1", "palette:x", "palette:-1", "palette:nan",
                                    "palette:1e9", "palette:1,palette:2", ","}) {
    const auto read = parse_rerank_spaces(setting);
    ASSERT_FALSE(read) << setting;
    EXPECT_EQ(read.error().field, "RERANK_SPACES");
  }
}

// Items along a quarter circle in a searched space, in the reverse order in another one.
class RerankTest : public testing::Test {
 protected:
  RerankTest() {
    store_ = store::open_catalogue("sqlite:///" + (dir_.path() / "fit.db").string()).value();
    spaces_ = {{.space = store_->spaces().ensure({"other", "o", "1", 2}).value(), .weight = 0}};
    std::vector<domain::ItemWrite> items(4);
    for (std::size_t i = 0; i < items.size(); ++i) {
      items[i].listing.source = "test";
      items[i].listing.external_id = std::to_string(i);
      domain::ImageWrite image;
      image.location = fit::format("/{}.jpg", i);
      image.sha256 = fit::format("{:064}", i);
      image.format = "jpeg";
      image.width = image.height = 1;
      const float angle = 0.4F * static_cast<float>(i);
      if (i != 3) image.vectors = {{spaces_[0].space.id, {std::sin(angle), std::cos(angle)}}};
      items[i].images.push_back(std::move(image));
    }
    const auto written = store_->items().upsert(items).value();
    for (std::size_t i = 0; i < items.size(); ++i) {
      neighbors_.push_back(
          {.item = written[i].id, .image = {}, .similarity = 1 - 0.1F * static_cast<float>(i)});
    }
  }

  std::string order(double weight, const RerankVectors& vectors) {
    spaces_[0].weight = weight;
    auto neighbors = neighbors_;
    EXPECT_TRUE(rerank(*store_, spaces_, vectors, neighbors));
    std::string order;
    for (const domain::Neighbor& one : neighbors)
      order += std::to_string(one.item.value - neighbors_[0].item.value);
    return order;
  }

  TempDir dir_;
  std::unique_ptr<store::Catalogue> store_;
  std::vector<RerankSpace> spaces_;
  std::vector<domain::Neighbor> neighbors_;
};

TEST_F(RerankTest, AddsWeightedSimilaritiesOfOtherSpaces) {
  const RerankVectors vectors = {embed::Vector{1, 0}};
  EXPECT_EQ(order(0, vectors), "0123");
  EXPECT_EQ(order(5, vectors), "2130") << "the one without a vector counts as the mean";
  EXPECT_EQ(order(5, {std::nullopt}), "0123") << "the query has no vector in that space";
}

TEST_F(RerankTest, VectorsOfExamplesAreTheirMean) {
  Query query;
  query.item_id = neighbors_[0].item;
  query.like = {neighbors_[2].item};
  const auto vectors = rerank_vectors(*store_, spaces_, query, std::nullopt, {});
  ASSERT_TRUE(vectors && vectors->front());
  EXPECT_NEAR(std::atan2(vectors->front()->at(0), vectors->front()->at(1)), 0.4, 1e-5);
  Query without;
  without.item_id = neighbors_[3].item;
  EXPECT_FALSE(rerank_vectors(*store_, spaces_, without, std::nullopt, {})->front())
      << "it has no vector there";
  Query photo;
  photo.image = Bytes(3);
  EXPECT_FALSE(rerank_vectors(*store_, spaces_, photo, std::nullopt, {})->front()) << "no embedder";
}

}  // namespace
}  // namespace fit::search
