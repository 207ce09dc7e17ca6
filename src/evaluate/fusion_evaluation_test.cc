#include "evaluate/fusion_evaluation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluate/simulated_person.h"

namespace fit::evaluate {
namespace {

// Items with drawn vectors in two spaces, eight kinds and six colours.
FusionSample drawn_fusion_sample(std::size_t items) {
  constexpr std::size_t kSampleDimensions = 8;
  FusionSample sample;
  SeededDraws draws(4);
  for (const std::string name : {"near", "far"}) {
    FusionSample::Space space{.name = name, .dimensions = kSampleDimensions, .vectors = {}};
    for (std::size_t item = 0; item < items; ++item) {
      std::vector<double> values;
      double squares = 0;
      for (std::size_t i = 0; i < kSampleDimensions; ++i) {
        const double value = values.emplace_back(draws.normal());
        squares += value * value;
      }
      for (const double value : values)
        space.vectors.push_back(static_cast<float>(value / std::sqrt(squares)));
    }
    sample.spaces.push_back(std::move(space));
  }
  for (std::size_t item = 0; item < items; ++item) {
    sample.kinds.push_back("kind " + std::to_string(draws.below(8)));
    sample.colors.push_back("colour " + std::to_string(draws.below(6)));
  }
  return sample;
}

class FusionEvaluationTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    done_ =
        new FusionEvaluation(evaluate_fusion(drawn_fusion_sample(300), {.worlds = 3, .seed = 1}, {}).value());
  }
  static void TearDownTestSuite() { delete done_; }

  static const FusionPoint& last(std::string_view type, std::string_view name) {
    return done_->find(type, name)->points.back();
  }

  static FusionEvaluation* done_;
};
FusionEvaluation* FusionEvaluationTest::done_ = nullptr;

TEST_F(FusionEvaluationTest, BeginsWithTheFixedWeights) {
  const auto& first = done_->find("photo", "wrong")->points.front();
  EXPECT_EQ(first.lessons, 0U);
  EXPECT_NEAR(first.gain(), 0, 1e-12);
}

TEST_F(FusionEvaluationTest, BeatsWrongWeightsAndKeepsRightOnes) {
  for (const std::string_view type : {"photo", "composed"}) {
    EXPECT_GT(last(type, "wrong").gain(), 0.02) << type;
    EXPECT_GT(last(type, "right").gain(), -0.02) << type;
    EXPECT_GT(last(type, "change").gain(), 0.02) << type;
    EXPECT_GT(last(type, "attack").gain(), 0) << type;
  }
}

TEST_F(FusionEvaluationTest, OnePersonMovesLittle) {
  for (const std::string_view type : {"photo", "composed"}) {
    const auto& points = done_->find(type, "flood")->points;
    EXPECT_NEAR(points[1].adapted / points[0].adapted, 1, 0.05) << type;
  }
}

TEST_F(FusionEvaluationTest, AnAttackEndsInAFallbackOrIsForgotten) {
  const auto& points = done_->find("photo", "attack")->points;
  EXPECT_LT(points[1].gain(), points[0].gain());
  EXPECT_GT(points.back().gain(), points[1].gain());
}

TEST_F(FusionEvaluationTest, IsDeterministic) {
  const auto again = evaluate_fusion(drawn_fusion_sample(300), {.worlds = 3, .seed = 1}, {}).value();
  EXPECT_EQ(dump_json(to_json(again)), dump_json(to_json(*done_)));
}

TEST(FusionSampleTest, NeedsTwoSpacesAndItems) {
  EvaluationSet set;
  set.rows.resize(5);
  EvaluationVectors of_space;
  of_space.dimensions = 1;
  of_space.values.assign(5, 1);
  of_space.present.assign(5, 1);
  const std::vector<EvaluationVectors> vectors(2, of_space);
  const std::vector<std::string> names = {"one", "two"};
  EXPECT_EQ(fusion_sample(set, std::span(names).first(1), vectors).error().field, "spaces");
  EXPECT_EQ(fusion_sample(set, names, vectors).error().field, "path");
}

}  // namespace
}  // namespace fit::evaluate
