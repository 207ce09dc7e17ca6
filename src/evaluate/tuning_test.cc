#include "evaluate/tuning.h"

#include <gtest/gtest.h>

#include <random>

#include "embed/embedder.h"

namespace fit::evaluate {
namespace {

// 320 images of 4 kinds in 4 colours. One space represents the kinds, another the colours, a third only
// noise.
class TuningTest : public testing::Test {
 protected:
  TuningTest() {
    set_.label_names = {"kind", "colour", "kind+colour"};
    for (int i = 0; i < 320; ++i) {
      const std::size_t kind = random_() % 4;
      const std::size_t colour = random_() % 4;
      const std::string names[] = {std::to_string(kind), std::to_string(colour)};
      set_.rows.push_back({.image = {}, .labels = {names[0], names[1], names[0] + " + " + names[1]}});
      add(kinds_, kind, 1);
      add(colours_, colour, 1);
      add(noise_, 0, 0);
    }
  }

  void add(EvaluationVectors& vectors, std::size_t axis, float weight) {
    std::normal_distribution<float> noise(0, 0.3F);
    embed::Vector vector(8);
    vectors.dimensions = 8;
    for (float& number : vector) number = noise(random_);
    vector[axis] += weight;
    ASSERT_TRUE(embed::normalize(vector, 8, "test"));
    vectors.values.insert(vectors.values.end(), vector.begin(), vector.end());
    vectors.present.push_back(1);
  }

  std::mt19937 random_{5};
  EvaluationSet set_;
  EvaluationVectors kinds_;
  EvaluationVectors colours_;
  EvaluationVectors noise_;
};

TEST_F(TuningTest, WeightsHelpfulSpaces) {
  const auto report = tune(set_, {{"kinds", kinds_}, {"colours", colours_}, {"noise", noise_}}, {});
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->tuned_on, 160U);
  EXPECT_EQ(report->tested_on, 160U);
  ASSERT_EQ(report->weights.size(), 3U);
  EXPECT_EQ(report->weights[0], 1);
  EXPECT_GT(report->weights[1], 0.2);
  EXPECT_LT(report->weights[2], report->weights[1] / 2);
  ASSERT_EQ(report->scores.size(), 4U);
  const auto& alone = report->scores.front().precisions;
  const auto& tuned = report->scores.back().precisions;
  EXPECT_GT(tuned[2], alone[2] + 0.2) << "both at once";
  EXPECT_TRUE(rerank_setting(*report).starts_with("colours:"));
  EXPECT_EQ(to_json(*report)["weights"]["kinds"], 1);
  EXPECT_NE(to_table(*report).find("RERANK_SPACES=colours:"), std::string::npos);
}

TEST_F(TuningTest, IsDeterministic) {
  const std::vector<TunedSpace> spaces = {{"kinds", kinds_}, {"colours", colours_}};
  EXPECT_EQ(tune(set_, spaces, {})->weights, tune(set_, spaces, {})->weights);
}

TEST_F(TuningTest, ReportsErrors) {
  EXPECT_EQ(tune(set_, {{"kinds", kinds_}}, {}).error().field, "space");
  EvaluationVectors few = colours_;
  few.present.pop_back();
  EXPECT_EQ(tune(set_, {{"kinds", kinds_}, {"few", few}}, {}).error().field, "vectors");
  EvaluationVectors none = colours_;
  std::ranges::fill(none.present, std::uint8_t{0});
  EXPECT_EQ(tune(set_, {{"kinds", kinds_}, {"none", none}}, {}).error().field, "path");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(tune(set_, {{"kinds", kinds_}, {"colours", colours_}}, {}, {}, stop.get_token()).error().code,
            ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fit::evaluate
