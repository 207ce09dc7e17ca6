#include "embed/detector_outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace fit::embed {
namespace {

using ::testing::HasSubstr;
using Tensor = OnnxModel::Tensor;

DetectorHead head_of(DetectorOutput output) {
  return {.input = "image",
          .side = 100,
          .deviation = {1, 1, 1},
          .output = output,
          .labels = {"tops", "", "shoes"},
          .threshold = 0.5F,
          .overlap = 0.5F};
}

Result<std::vector<ScoredBox>> read(const DetectorHead& head, const std::vector<Tensor>& outputs) {
  return read_detector_outputs(head, "tiny", outputs);
}

void expect_box(const media::Box& box, const media::Box& wanted) {
  EXPECT_NEAR(box.left, wanted.left, 1e-6);
  EXPECT_NEAR(box.top, wanted.top, 1e-6);
  EXPECT_NEAR(box.right, wanted.right, 1e-6);
  EXPECT_NEAR(box.bottom, wanted.bottom, 1e-6);
}

TEST(DetectorOutputs, ReadBoxesAndScores) {
  const auto found = read(head_of(DetectorOutput::kBoxesScores),
                          {{{1, 3, 4}, {0.1F, 0.2F, 0.5F, 0.9F, 0, 0, 1, 1, 0.3F, 0.3F, 0.4F, 0.4F}},
                           {{1, 3, 3}, {0.1F, 0.2F, 0.7F, 0.2F, 0.9F, 0.6F, 0.4F, 0.1F, 0.2F}}});
  ASSERT_TRUE(found) << found.error().describe();
  ASSERT_EQ(found->size(), 1U) << "the second is no garment, the third is not sure";
  EXPECT_EQ(found->front().label, 2U);
  EXPECT_FLOAT_EQ(found->front().score, 0.7F);
  expect_box(found->front().box, {.left = 0.1, .top = 0.2, .right = 0.5, .bottom = 0.9});
}

TEST(DetectorOutputs, ReadColumnsInPixels) {
  // Two boxes: rows of x, y, width, height and three labels.
  const auto found = read(head_of(DetectorOutput::kYolo),
                          {{{1, 7, 2}, {50, 10, 50, 20, 40, 20, 60, 10, 0.9F, 0.1F, 0, 0, 0.2F, 0.3F}}});
  ASSERT_TRUE(found) << found.error().describe();
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().label, 0U);
  expect_box(found->front().box, {.left = 0.3, .top = 0.2, .right = 0.7, .bottom = 0.8});
}

TEST(DetectorOutputs, ReadLogits) {
  const Tensor boxes{{1, 2, 4}, {0.5F, 0.5F, 0.4F, 0.2F, 0.2F, 0.2F, 0.1F, 0.1F}};
  const DetectorHead head = head_of(DetectorOutput::kDetr);
  const auto alone = read(head, {boxes, {{1, 2, 3}, {2, -5, -5, -1, -5, -1}}});
  ASSERT_TRUE(alone) << alone.error().describe();
  ASSERT_EQ(alone->size(), 1U);
  EXPECT_NEAR(alone->front().score, 0.880797, 1e-5) << "the logistic function of 2";
  expect_box(alone->front().box, {.left = 0.3, .top = 0.4, .right = 0.7, .bottom = 0.6});
  const auto with_nothing = read(head, {boxes, {{1, 2, 4}, {3, 0, 0, 0, 1, 0, 0, 3}}});
  ASSERT_TRUE(with_nothing) << with_nothing.error().describe();
  ASSERT_EQ(with_nothing->size(), 1U) << "the second is nothing";
  EXPECT_NEAR(with_nothing->front().score, 0.870049, 1e-5) << "a softmax of four numbers";
}

TEST(DetectorOutputs, RefuseOtherShapes) {
  const auto message = [](DetectorOutput output, const std::vector<Tensor>& outputs) {
    const auto found = read(head_of(output), outputs);
    return found ? std::string("none") : found.error().message;
  };
  const Tensor boxes{{1, 2, 4}, std::vector<float>(8)};
  using enum DetectorOutput;
  EXPECT_THAT(message(kBoxesScores, {boxes, {{1, 2, 2}, std::vector<float>(4)}}),
              HasSubstr("'scores' in the shape 1 x 2 x 2, not 1 x 2 x 3"));
  EXPECT_THAT(message(kBoxesScores, {{{2, 4}, std::vector<float>(8)}, {{1, 2, 3}, std::vector<float>(6)}}),
              HasSubstr("'boxes' in the shape 2 x 4"));
  EXPECT_THAT(message(kYolo, {{{1, 2, 7}, std::vector<float>(14)}}), HasSubstr("not 1 x 7 x N"));
  EXPECT_THAT(message(kYolo, {{{}, {1}}}), HasSubstr("'output0'"));
  EXPECT_THAT(message(kDetr, {boxes, {{1, 2, 5}, std::vector<float>(10)}}), HasSubstr("'logits'"));
  EXPECT_THAT(message(kDetr, {boxes, {{1, 3, 3}, std::vector<float>(9)}}), HasSubstr("'logits'"));
  EXPECT_EQ(message(kYolo, {{{1, 7, 0}, {}}}), "none") << "a model may return no box";
}

TEST(DetectorOutputs, RefuseWhatIsNoNumber) {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  const DetectorHead head = head_of(DetectorOutput::kBoxesScores);
  const auto with = [&](float left, float score) {
    return read(head, {{{1, 1, 4}, {left, 0, 1, 1}}, {{1, 1, 3}, {score, 0, 0}}});
  };
  EXPECT_TRUE(with(0, 0.9F));
  EXPECT_THAT(with(kNaN, 0.9F).error().message, HasSubstr("no numbers"));
  EXPECT_THAT(with(0, kNaN).error().message, HasSubstr("no probabilities"));
  EXPECT_THAT(with(0, 9).error().message, HasSubstr("no probabilities")) << "logits of YOLO";
}

TEST(KeepBest, SuppressesOverlaps) {
  const media::Box one{.left = 0, .top = 0, .right = 0.5, .bottom = 1};
  const media::Box almost_one{.left = 0.05, .top = 0, .right = 0.5, .bottom = 1};
  const media::Box other{.left = 0.4, .top = 0, .right = 0.9, .bottom = 1};
  const auto kept = keep_best({{.box = almost_one, .label = 0, .score = 0.6F},
                               {.box = other, .label = 0, .score = 0.5F},
                               {.box = one, .label = 1, .score = 0.9F}},
                              0.5, 10);
  ASSERT_EQ(kept.size(), 2U) << "whatever the labels";
  EXPECT_EQ(kept[0].box, one);
  EXPECT_EQ(kept[1].box, other);
  EXPECT_EQ(keep_best({{.box = one, .score = 0.5F}, {.box = other, .score = 0.6F}}, 0.5, 1).front().box,
            other);
  EXPECT_TRUE(keep_best({}, 0.5, 10).empty());
}

TEST(KeepBest, TakesNoTimeForManyBoxes) {
  std::vector<ScoredBox> many;
  for (int i = 0; i < 100'000; ++i) {
    const double left = i / 200'000.0;
    many.push_back({.box = {.left = left, .top = 0, .right = left + 1e-6, .bottom = 1}, .score = 0.9F});
  }
  EXPECT_EQ(keep_best(std::move(many), 0.5, 32).size(), 32U);
}

}  // namespace
}  // namespace fit::embed
