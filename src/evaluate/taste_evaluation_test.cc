#include "evaluate/taste_evaluation.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

namespace fit::evaluate {
namespace {

// 600 drawn items of eight kinds, eight colours and ten brands, whose vectors show all of them.
TasteSample drawn_sample() {
  constexpr std::size_t kTasteDimensions = 24;
  std::mt19937 random(5);  // NOLINT(cert-msc51-cpp): repeatable
  std::normal_distribution<float> noise(0, 1);
  const auto directions = [&](std::size_t count) {
    std::vector<std::array<float, kTasteDimensions>> all(count);
    for (auto& direction : all) {
      for (float& value : direction) value = noise(random);
    }
    return all;
  };
  const auto kinds = directions(8);
  const auto colors = directions(8);
  const auto brands = directions(10);
  TasteSample sample;
  sample.dimensions = kTasteDimensions;
  for (int i = 0; i < 600; ++i) {
    const std::size_t kind = random() % kinds.size();
    const std::size_t color = random() % colors.size();
    const std::size_t brand = random() % brands.size();
    sample.items.push_back({.category = "category" + std::to_string(kind / 2),
                            .kind = "kind" + std::to_string(kind),
                            .color = "color" + std::to_string(color),
                            .gender = random() % 2 == 0 ? "men" : "women",
                            .season = {},
                            .occasion = {},
                            .brand = "brand" + std::to_string(brand)});
    std::array<float, kTasteDimensions> vector{};
    float squares = 0;
    for (std::size_t d = 0; d < kTasteDimensions; ++d) {
      vector.at(d) = 2 + 1.2F * kinds[kind].at(d) + 0.6F * colors[color].at(d) + 0.4F * brands[brand].at(d) +
                     0.8F * noise(random);
      squares += vector.at(d) * vector.at(d);
    }
    for (const float value : vector) sample.vectors.push_back(value / std::sqrt(squares));
  }
  return sample;
}

TasteEvaluationOptions few_people() {
  TasteEvaluationOptions options;
  options.people = 30;
  options.queries = 4;
  return options;
}

TEST(TasteEvaluation, HasItsShapeOnADrawnCatalogue) {
  const auto done = evaluate_taste(drawn_sample(), few_people(), {});
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->items, 600U);
  ASSERT_EQ(done->scenarios.size(), 5U);
  const TastePoint* const cold = done->find("as it is", 0);
  const TastePoint* const warm = done->find("as it is", 20);
  ASSERT_TRUE(cold != nullptr && warm != nullptr);
  EXPECT_EQ(cold->plain, cold->personal) << "nothing is known";
  EXPECT_EQ(cold->confidence, 0);
  EXPECT_GT(cold->plain, 0.1);
  EXPECT_EQ(warm->plain, cold->plain) << "the same queries over the same items";
  EXPECT_GT(warm->gain(), 0.15);
  EXPECT_GT(warm->list, 2 * warm->plain_list);
  EXPECT_GT(warm->gain(), done->find("as it is", 3)->gain());

  const TastePoint* const noisy = done->find("20 % wrong", 20);
  const TastePoint* const random = done->find("at random", 20);
  ASSERT_TRUE(noisy != nullptr && random != nullptr);
  EXPECT_GT(noisy->gain(), 0.05);
  EXPECT_GT(random->gain(), -0.12);
  EXPECT_LT(random->confidence, warm->confidence);

  const TastePoint* const before = done->find("before a change", 30);
  const TastePoint* const changed = done->find("after a change", 0);
  const TastePoint* const recovered = done->find("after a change", 30);
  ASSERT_TRUE(before != nullptr && changed != nullptr && recovered != nullptr);
  EXPECT_LT(changed->gain(), before->gain() - 0.1);
  EXPECT_GT(recovered->gain(), 0.1);
  EXPECT_GT(recovered->gain(), changed->gain() + 0.1);
  ASSERT_EQ(done->goals.size(), 3U);
  EXPECT_EQ(done->goals[1].name, "precision 30 taps after a change, to before");
  EXPECT_DOUBLE_EQ(done->goals[1].reached, recovered->personal / before->personal);
}

TEST(TasteEvaluation, IsDeterministic) {
  const TasteSample sample = drawn_sample();
  TasteEvaluationOptions options = few_people();
  options.people = 6;
  const auto one = evaluate_taste(sample, options, {});
  ASSERT_TRUE(one);
  EXPECT_EQ(dump_json(to_json(*one)), dump_json(to_json(evaluate_taste(sample, options, {}).value())));
  options.seed = 2;
  EXPECT_NE(dump_json(to_json(*one)), dump_json(to_json(evaluate_taste(sample, options, {}).value())));
}

TEST(TasteEvaluation, WithoutWeightNothingIsMoved) {
  TasteEvaluationOptions options = few_people();
  options.people = 4;
  options.weight = 0;
  const auto done = evaluate_taste(drawn_sample(), options, {});
  ASSERT_TRUE(done);
  for (const TasteScenario& scenario : done->scenarios) {
    for (const TastePoint& point : scenario.points) EXPECT_EQ(point.plain, point.personal);
  }
}

TEST(TasteEvaluation, WrongInputIsNamed) {
  const TasteSample sample = drawn_sample();
  TasteEvaluationOptions options;
  options.people = 0;
  EXPECT_EQ(evaluate_taste(sample, options, {}).error().field, "people");
  TasteSample plain = sample;
  for (TasteSample::Item& item : plain.items) item.color = "black";
  EXPECT_EQ(evaluate_taste(plain, few_people(), {}).error().field, "path");
  EXPECT_EQ(evaluate_taste({}, few_people(), {}).error().field, "path");
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_EQ(evaluate_taste(sample, few_people(), stopped.get_token()).error().code, ErrorCode::kCancelled);
}

TEST(TasteSamples, AreReadFromTheProductTable) {
  EvaluationSet set;
  set.label_names = taste_columns();
  EvaluationVectors vectors;
  vectors.dimensions = 2;
  for (int i = 0; i < 201; ++i) {
    set.rows.push_back({.image = {},
                        .labels = {"Topwear", i == 0 ? "" : "Tshirts", "Red", "Men", "Summer", "Casual",
                                   i == 1 ? "United Colors of Benetton Men Red Tee" : "Nike Sahara Jersey"}});
    vectors.values.insert(vectors.values.end(), {1, 0});
    vectors.present.push_back(1);
  }
  const auto sample = taste_sample(set, vectors);
  ASSERT_TRUE(sample) << sample.error().describe();
  ASSERT_EQ(sample->items.size(), 200U) << "one has no kind";
  EXPECT_EQ(sample->items[0].brand, "united colors of benetton");
  EXPECT_EQ(sample->items[1].brand, "nike");
  EXPECT_EQ(sample->items[1].kind, "tshirts");
  EXPECT_EQ(sample->vectors.size(), 400U);
  vectors.present[5] = 0;
  EXPECT_EQ(taste_sample(set, vectors).error().field, "path");
  set.label_names.pop_back();
  EXPECT_EQ(taste_sample(set, vectors).error().field, "path");
}

}  // namespace
}  // namespace fit::evaluate
