#include "style/fusion/fusion_state.h"

#include <gtest/gtest.h>

#include "search/query.h"

namespace fit::style {
namespace {

search::FusionWeights composed() {
  return {.parts = {1, 1, 0, 1, 1}, .spaces = {1, 0.5}};
}

const std::vector<std::string> kTestSpaces = {"builtin", "palette"};

// Two results: the first is what the image says, the second what the words say.
ShownSearch two_results() {
  ShownSearch shown{.signals = fusion_signals(composed(), kTestSpaces), .hits = {}};
  shown.hits.push_back(
      {.item = ItemId{4}, .is_adapted = true, .parts = {1, 0, 0, 0, 0}, .spaces = {0.9, 0.1}});
  shown.hits.push_back({.item = ItemId{7}, .is_fixed = true, .parts = {0, 0, 0, 1, 0}, .spaces = {0.1, 0.8}});
  return shown;
}

TEST(FusionStateTest, QueriesHaveTypes) {
  search::Query query;
  EXPECT_EQ(fusion_type_of(query), std::nullopt);
  query.image = Bytes(1);
  EXPECT_EQ(fusion_type_of(query), FusionType::kPhoto);
  query.text = "red";
  EXPECT_EQ(fusion_type_of(query), FusionType::kComposed);
  query.image.clear();
  EXPECT_EQ(fusion_type_of(query), FusionType::kWords);
  query.text.clear();
  query.like = {ItemId{3}};
  EXPECT_EQ(fusion_type_of(query), FusionType::kItem);
}

TEST(FusionStateTest, OneSignalHasNoProportion) {
  EXPECT_TRUE(fusion_signals(composed(), kTestSpaces).can_be_adapted());
  EXPECT_FALSE(fusion_signals({.parts = {1, 0, 0, 0, 0}, .spaces = {1}}, {"builtin"}).can_be_adapted());
  EXPECT_TRUE(fusion_signals({.parts = {1, 0, 0, 0, 0}, .spaces = {1, 2}}, kTestSpaces).can_be_adapted());
}

TEST(FusionStateTest, StatesAreReadAsWritten) {
  FusionTypeState everybody;
  FusionPersonState person;
  for (int i = 0; i < 5; ++i) learn_choice(two_results(), 1, everybody, &person);
  const auto read = read_type_state(dump_state(everybody)).value();
  EXPECT_EQ(read.parts.strengths, everybody.parts.strengths);
  EXPECT_EQ(read.spaces.lessons, 5);
  EXPECT_EQ(read.guard, everybody.guard);
  EXPECT_EQ(read.guard.fixed_wins, 5);
  const auto own = read_person_state(dump_state(person)).value();
  EXPECT_EQ(own.spaces.offsets, person.spaces.offsets);
  EXPECT_TRUE(read_type_state(""));
}

TEST(FusionStateTest, DamagedStatesAreRefused) {
  for (const std::string text :
       {"{", "[]", "{}", R"({"parts":{"values":{"a":"b"},"lessons":1}})",
        R"({"parts":{"values":{"image":-1},"lessons":1},"spaces":{"values":{},"lessons":1},"guard":{}})"}) {
    EXPECT_FALSE(read_type_state(text)) << text;
    EXPECT_FALSE(read_shown(text)) << text;
  }
  EXPECT_FALSE(read_person_state("{}"));
}

TEST(FusionStateTest, ShownResultsAreReadAsWritten) {
  const auto read = read_shown(dump_shown(two_results())).value();
  ASSERT_EQ(read.hits.size(), 2U);
  EXPECT_EQ(read.hits[1].item, ItemId{7});
  EXPECT_TRUE(read.hits[0].is_adapted);
  EXPECT_TRUE(read.hits[1].is_fixed);
  EXPECT_EQ(read.hits[0].spaces, (std::vector<double>{0.9, 0.1}));
  EXPECT_EQ(read.signals.spaces.names, kTestSpaces);
  EXPECT_EQ(read.signals.parts.fixed[2], 0);
}

TEST(FusionStateTest, AChoiceMovesWeights) {
  FusionTypeState everybody;
  const FusionSignals signals = two_results().signals;
  EXPECT_EQ(adapted_weights(composed(), signals, everybody, nullptr), composed());
  for (int i = 0; i < 30; ++i) learn_choice(two_results(), 1, everybody, nullptr);
  const auto weights = adapted_weights(composed(), signals, everybody, nullptr);
  EXPECT_GT(weights.parts[3], 1);
  EXPECT_LT(weights.parts[0], 1);
  EXPECT_EQ(weights.parts[2], 0);
  EXPECT_GT(weights.spaces[1], 0.5);
  EXPECT_LT(weights.spaces[0], 1);
}

TEST(FusionStateTest, AFallbackForgetsTheWeights) {
  FusionTypeState everybody;
  int lessons = 0;
  while (learn_choice(two_results(), 1, everybody, nullptr) != FusionGuard::Verdict::kFallBack) {
    ASSERT_LT(++lessons, 500);
  }
  EXPECT_TRUE(everybody.guard.is_fallback);
  EXPECT_TRUE(everybody.parts.strengths.empty());
}

}  // namespace
}  // namespace fit::style
