#include "evaluate/composed_evaluation.h"

#include <gtest/gtest.h>

#include <random>

#include "search/test_embedder.h"

namespace fit::evaluate {
namespace {

constexpr std::array<std::string_view, 3> kTypes = {"dress", "jacket", "shirt"};
constexpr std::array<std::string_view, 3> kColours = {"red", "blue", "green"};
constexpr std::size_t kDimensions = 12;

// Axes 0 to 2 are the type, and axes 3 to 5 the colour.
class Words final : public search::AxesEmbedder {
 public:
  Words() : search::AxesEmbedder({"dress", "jacket", "shirt", "red", "blue", "green"}, kDimensions, true) {}
};

struct Images {
  EvaluationSet set{.label_names = {"type", "colour", "type+colour"}, .rows = {}, .has_gallery = false};
  EvaluationVectors vectors{
      .dimensions = kDimensions, .values = {}, .present = {}, .unreadable_count = 0, .unreadable = {}};
  std::mt19937 random{3};

  // The colour has more weight than the type.
  void add(std::size_t type, std::size_t colour) {
    std::normal_distribution<float> noise(0, 0.1F);
    embed::Vector vector(kDimensions);
    for (float& number : vector) number = noise(random);
    vector[type] += 0.7F;
    vector[3 + colour] += 1;
    ASSERT_TRUE(embed::normalize(vector, kDimensions, "test"));
    const std::string both = std::string(kTypes[type]) + " + " + std::string(kColours[colour]);
    set.rows.push_back(
        {.image = {}, .labels = {std::string(kTypes[type]), std::string(kColours[colour]), both}});
    vectors.values.insert(vectors.values.end(), vector.begin(), vector.end());
    vectors.present.push_back(1);
  }
};

TEST(ComposedEvaluation, PropertiesBeatSumsOfVectors) {
  Images images;
  for (std::size_t i = 0; i < 12; ++i) {
    for (std::size_t kind = 0; kind < 9; ++kind) images.add(kind % 3, kind / 3);
  }
  Words words;
  const auto report =
      evaluate_composed(images.set, images.vectors, words, *ontology::Ontology::load(), {.queries = 40});
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->queries, 40U);
  EXPECT_EQ(report->images, 108U);
  EXPECT_LT(report->addition.both, 0.9);
  EXPECT_GT(report->with_properties.colour, 0.99);
  EXPECT_GT(report->with_properties.type, 0.9);
  EXPECT_GE(report->with_properties.both, report->addition.both);
  EXPECT_NEAR(to_json(*report)["with_properties"]["colour"].get<double>(), report->with_properties.colour,
              1e-9);
  EXPECT_NE(to_table(*report).find("items with properties"), std::string::npos);
}

TEST(ComposedEvaluation, ReportsWhatIsMissing) {
  Images images;
  for (int i = 0; i < 12; ++i) images.add(0, 0);
  Words words;
  const auto alone = evaluate_composed(images.set, images.vectors, words, *ontology::Ontology::load(), {});
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().field, "path");
  images.set.label_names = {"type", "colour", "class"};
  const auto unlabelled =
      evaluate_composed(images.set, images.vectors, words, *ontology::Ontology::load(), {});
  ASSERT_FALSE(unlabelled);
  EXPECT_EQ(unlabelled.error().field, "labels");
}

}  // namespace
}  // namespace fit::evaluate
