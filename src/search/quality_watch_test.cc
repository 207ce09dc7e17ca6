#include "search/quality_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "search/test_catalogue.h"
#include "search/test_embedder.h"
#include "search/test_items.h"

namespace fit::search {
namespace {

using testing::HasSubstr;

constexpr int kWatchDimensions = 4;

// Gives every image the vector that a test sets.
class SetEmbedder final : public TestEmbedder {
 public:
  SetEmbedder() : TestEmbedder("watched", kWatchDimensions, false) {}
  Result<std::vector<embed::Vector>> embed_images(std::span<const media::Image> images) override {
    return std::vector<embed::Vector>(images.size(), vector);
  }
  bool is_remote() const override { return remote; }

  embed::Vector vector = {1, 0, 0, 0};
  bool remote = false;
};

class QualityWatchContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    catalogue_ = std::make_unique<TestCatalogue>(GetParam(), "watched", kWatchDimensions);
  }

  void add(int from, int to, const std::vector<float>& vector, domain::PropertyOrigin colour = {}) {
    std::vector<domain::ItemWrite> items;
    for (int number = from; number < to; ++number) {
      items.push_back(item_with_vector(number, "Coat", catalogue_->space().id, vector));
      if (colour.origin == domain::Origin::kNone) continue;
      items.back().listing.properties.at(domain::kPrimaryColor) = "navy";
      items.back().origins.at(domain::kPrimaryColor) = colour;
    }
    catalogue_->store().items().upsert(items).value();
    catalogue_->catch_up();
  }

  QualityMeasurement measure() {
    QualityWatch watch({.store = catalogue_->store(),
                        .embedder = embedder_,
                        .searcher = catalogue_->searcher(),
                        .columns = catalogue_->columns(),
                        .log = Log::silent(),
                        .metrics = catalogue_->metrics()},
                       std::chrono::seconds(60));
    return watch.measure({}).value();
  }

  std::unique_ptr<TestCatalogue> catalogue_;
  SetEmbedder embedder_;
};

TEST_P(QualityWatchContract, NewItemsThatLookOtherThanTheOldOnesAreADrift) {
  constexpr int kMany = static_cast<int>(2 * QualityWatch::kSample);
  add(0, kMany, {1, 0, 0, 0});
  EXPECT_NEAR(measure().catalogue_drift.value(), 0, 1e-6);
  add(kMany, kMany + kMany / 2, {0, 1, 0, 0});
  // The newest third is at a right angle to the others.
  EXPECT_NEAR(measure().catalogue_drift.value(), 1 - 1 / std::sqrt(5.0), 0.01);
  EXPECT_THAT(catalogue_->metrics().expose(), HasSubstr(R"(fit_catalogue_drift_ratio{space="watched"} 0.5)"));
}

TEST_P(QualityWatchContract, TheVectorsOfFixedImagesAreComparedWithThoseOfBefore) {
  EXPECT_FALSE(measure().catalogue_drift.has_value()) << "there are too few items";
  EXPECT_EQ(measure().consistency, 1);
  embedder_.vector = {0.8F, 0.6F, 0, 0};
  EXPECT_NEAR(measure().consistency.value(), 0.8, 1e-6);
  EXPECT_THAT(catalogue_->metrics().expose(),
              HasSubstr(R"(fit_embedding_consistency_ratio{space="watched"} 0.8)"));
  embedder_.remote = true;
  EXPECT_FALSE(measure().consistency.has_value()) << "a remote provider is not asked";
}

TEST_P(QualityWatchContract, TheConfidenceIsThatOfValuesThatNoSellerGave) {
  add(1, 2, {1, 0, 0, 0}, {domain::Origin::kPhoto, 0.5F});
  add(2, 3, {1, 0, 0, 0}, {domain::Origin::kText, 1});
  add(3, 4, {1, 0, 0, 0}, {domain::Origin::kSeller, 1});
  add(4, 5, {1, 0, 0, 0});
  EXPECT_EQ(measure().confidence, (std::map<std::string, double>{{"primary_color", 0.75}}));
}

INSTANTIATE_TEST_SUITE_P(Engines, QualityWatchContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::search
