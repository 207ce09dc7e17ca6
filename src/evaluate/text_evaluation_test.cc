#include "evaluate/text_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace fit::evaluate {
namespace {

// Embeds the words "red" (first axis), "blue" (second) and "shirt" (third).
class WordAxes : public embed::Embedder {
 public:
  const embed::Space& space() const override { return space_; }
  int image_short_side() const override { return 8; }
  Result<std::vector<embed::Vector>> embed_images(std::span<const media::Image>) override {
    return invalid("image", "is not supported");
  }
  Result<std::vector<embed::Vector>> embed_texts(std::span<const std::string> texts) override {
    std::vector<embed::Vector> vectors;
    for (const std::string& text : texts) {
      queries.push_back(text);
      embed::Vector vector(3, 1e-3F);
      if (text.contains("red")) vector[0] = 1;
      if (text.contains("blue")) vector[1] = 1;
      if (text.contains("shirt")) vector[2] = 1;
      FIT_CHECK(embed::normalize(vector, 3, "words"));
      vectors.push_back(std::move(vector));
    }
    return vectors;
  }

  std::vector<std::string> queries;

 private:
  embed::Space space_{.name = "words", .model = "w", .version = "1", .dimensions = 3, .has_text = true};
};

struct LabelledImages {
  EvaluationSet set{.label_names = {"kind+colour"}, .rows = {}, .has_gallery = false};
  EvaluationVectors vectors{.dimensions = 3, .values = {}, .present = {}, .unreadable = {}};

  void add(int count, const std::string& label, std::array<float, 3> vector) {
    for (int i = 0; i < count; ++i) {
      set.rows.push_back({.image = {}, .labels = {label}, .is_query = false});
      vectors.values.insert(vectors.values.end(), vector.begin(), vector.end());
      vectors.present.push_back(1);
    }
  }
};

TEST(TextEvaluation, ScoresQueriesByWords) {
  LabelledImages images;
  images.add(12, "shirt + red", {0.7F, 0, 0.7F});
  // These images are too few for a query of their own, and nearer to "blue shirt" than the blue ones.
  images.add(5, "shirt + green", {0, 0.8F, 0.6F});
  images.add(10, "shirt + blue", {0.1F, 0.6F, 0.6F});
  WordAxes words;
  const auto report = evaluate_texts(images.set, images.vectors, words);
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_THAT(words.queries, testing::UnorderedElementsAre("red shirt", "blue shirt"));
  ASSERT_EQ(report->labels.size(), 1u);
  const TextReport::Label& label = report->labels[0];
  ASSERT_EQ(label.values.size(), 2u);
  EXPECT_EQ(label.values[0].text, "red shirt");
  EXPECT_DOUBLE_EQ(label.values[0].score.precision_at_10, 1);
  EXPECT_DOUBLE_EQ(label.values[0].score.mean_reciprocal_rank, 1);
  EXPECT_DOUBLE_EQ(label.values[1].score.precision_at_10, 0.5);
  EXPECT_DOUBLE_EQ(label.values[1].score.recall_at_10, 0.5);
  EXPECT_DOUBLE_EQ(label.values[1].score.mean_reciprocal_rank, 1.0 / 6);
  EXPECT_DOUBLE_EQ(label.overall.precision_at_10, 0.75);
  EXPECT_THAT(to_table(*report), testing::HasSubstr("  blue shirt"));
  EXPECT_EQ(to_json(*report)["labels"][0]["values"][1]["pictures"], 10);
}

TEST(TextEvaluation, SearchesTheGalleryOnly) {
  LabelledImages images;
  images.set.has_gallery = true;
  images.add(11, "shirt + red", {1, 0, 0});
  for (auto& row : images.set.rows) row.is_query = true;
  images.add(10, "shirt + red", {0.5F, 0, 0.5F});
  WordAxes words;
  const auto report = evaluate_texts(images.set, images.vectors, words);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->labels[0].values.at(0).members, 10u);
}

}  // namespace
}  // namespace fit::evaluate
