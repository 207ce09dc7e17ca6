#include "style/fusion/fusion_mixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace fit::style {
namespace {

const SignalGroup kGroup{.names = {"image", "text", "words"}, .fixed = {1, 1, 1}};

double draw(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11U) * 0x1p-53;
}

// Ten results with random values, and a choice by the hidden strengths; empty ones choose by position alone.
FusionLesson lesson_of(std::mt19937_64& random, std::span<const double> hidden) {
  FusionLesson lesson;
  std::vector<double> chances;
  for (int i = 0; i < 10; ++i) {
    auto& values = lesson.signals.emplace_back();
    for (std::size_t k = 0; k < 3; ++k) values.push_back(draw(random));
    double utility = 0;
    for (std::size_t k = 0; k < hidden.size(); ++k) utility += hidden[k] * values[k];
    chances.push_back(std::exp(utility) / std::log2(i + 2));
  }
  double at = draw(random) * std::accumulate(chances.begin(), chances.end(), 0.0);
  while (lesson.chosen + 1 < chances.size() && at >= chances[lesson.chosen]) at -= chances[lesson.chosen++];
  return lesson;
}

FusionMixture learned(std::span<const double> hidden, int lessons) {
  std::mt19937_64 random(7);
  FusionMixture mixture;
  for (int i = 0; i < lessons; ++i) learn_everybody(kGroup, lesson_of(random, hidden), mixture);
  return mixture;
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

TEST(FusionMixtureTest, WithoutLessonsTheWeightsAreFixed) {
  for (const auto& fixed : std::vector<std::vector<double>>{{1, 1, 1}, {1, 0.05, 3}, {0, 2, 0.5}}) {
    const SignalGroup group{.names = kGroup.names, .fixed = fixed};
    const auto weights = mixed_weights(group, {}, nullptr);
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(weights[k], fixed[k], 1e-9);
  }
  const SignalGroup none{.names = kGroup.names, .fixed = {0, 0, 0}};
  EXPECT_EQ(mixed_weights(none, {}, nullptr), none.fixed);
}

TEST(FusionMixtureTest, LearnsTheMixtureOfTheChoices) {
  const auto weights = mixed_weights(kGroup, learned(std::vector<double>{8, 1, 3}, 600), nullptr);
  EXPECT_GT(weights[0], 1.5);
  EXPECT_GT(weights[0], weights[2]);
  EXPECT_GT(weights[2], weights[1]);
  EXPECT_NEAR(sum(weights), 3, 1e-9);
}

TEST(FusionMixtureTest, ASignalThatIsDislikedKeepsTheFloor) {
  const auto weights = mixed_weights(kGroup, learned(std::vector<double>{20, 0, -20}, 2000), nullptr);
  EXPECT_GE(weights[2], 3 * FusionOptions{}.floor - 1e-9);
  EXPECT_LT(weights[2], 0.3);
  // A signal whose fixed share is below the floor may fall to half of it.
  const SignalGroup small{.names = kGroup.names, .fixed = {1, 1, 0.02}};
  EXPECT_GE(mixed_weights(small, learned(std::vector<double>{20, 0, -20}, 2000), nullptr)[2], 0.01 - 1e-9);
}

TEST(FusionMixtureTest, ChoicesByPositionTeachLittle) {
  const auto weights = mixed_weights(kGroup, learned({}, 1000), nullptr);
  for (const double weight : weights) EXPECT_NEAR(weight, 1, 0.4);
}

TEST(FusionMixtureTest, OneLessonMovesLittle) {
  std::mt19937_64 random(3);
  FusionMixture mixture;
  for (int i = 0; i < 10; ++i)
    learn_everybody(kGroup, lesson_of(random, std::vector<double>{30, 0, 0}), mixture);
  // What one person can do on one day.
  for (const double weight : mixed_weights(kGroup, mixture, nullptr)) EXPECT_NEAR(weight, 1, 0.9);
}

TEST(FusionMixtureTest, AStateOfTheWorldIsForgotten) {
  std::mt19937_64 random(11);
  FusionMixture mixture;
  for (int i = 0; i < 600; ++i)
    learn_everybody(kGroup, lesson_of(random, std::vector<double>{9, 1, 1}), mixture);
  const double before = mixed_weights(kGroup, mixture, nullptr)[2];
  for (int i = 0; i < 600; ++i)
    learn_everybody(kGroup, lesson_of(random, std::vector<double>{1, 1, 9}), mixture);
  const auto weights = mixed_weights(kGroup, mixture, nullptr);
  EXPECT_GT(weights[2], before + 0.8);
  EXPECT_GT(weights[2], weights[0]);
}

TEST(FusionMixtureTest, APersonDiffersByDegrees) {
  const FusionMixture everybody = learned(std::vector<double>{8, 1, 3}, 300);
  std::mt19937_64 random(5);
  PersonalMixture person;
  double words = mixed_weights(kGroup, everybody, &person)[2];
  EXPECT_DOUBLE_EQ(words, mixed_weights(kGroup, everybody, nullptr)[2]);
  for (int i = 0; i < 100; ++i) {
    learn_person(kGroup, lesson_of(random, std::vector<double>{1, 1, 12}), everybody, person);
  }
  EXPECT_GT(mixed_weights(kGroup, everybody, &person)[2], words + 0.3);
  for (const auto& [name, offset] : person.offsets) EXPECT_LE(std::abs(offset), FusionOptions{}.max_offset);
}

TEST(FusionMixtureTest, LessonsThatSayNothingChangeNothing) {
  FusionMixture mixture;
  learn_everybody(kGroup, {.signals = {{1, 2, 3}}, .chosen = 0}, mixture);
  learn_everybody(kGroup, {.signals = {{1, 2, 3}, {1, 2, 3}}, .chosen = 1}, mixture);
  learn_everybody(kGroup, {.signals = {{1, 2, 3}, {3, 2, 1}}, .chosen = 2}, mixture);
  EXPECT_EQ(mixture.lessons, 3);
  EXPECT_TRUE(mixture.strengths.empty());
}

TEST(FusionMixtureTest, ExtremeValuesStayFinite) {
  FusionMixture mixture;
  PersonalMixture person;
  for (int i = 0; i < 5000; ++i) {
    const FusionLesson lesson{.signals = {{1e9, -1e9, 0}, {-1e9, 1e9, 0}, {0, 0, 1e-12}}, .chosen = 0};
    learn_person(kGroup, lesson, mixture, person);
    learn_everybody(kGroup, lesson, mixture);
  }
  const auto weights = mixed_weights(kGroup, mixture, &person);
  EXPECT_NEAR(sum(weights), 3, 1e-9);
  for (const double weight : weights) EXPECT_GE(weight, 0.15 - 1e-9);
}

}  // namespace
}  // namespace fit::style
