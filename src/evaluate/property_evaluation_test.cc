#include "evaluate/property_evaluation.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_dir.h"

namespace fit::evaluate {
namespace {

class PropertyEvaluationTest : public testing::Test {
 protected:
  Result<PropertyEvaluation> evaluate(const std::string& csv) const {
    const auto path = folder_.path() / "table.csv";
    std::ofstream(path) << csv;
    return evaluate_properties(ontology::Extractor(*ontology::Ontology::load()), path);
  }

  TempDir folder_;
};

TEST_F(PropertyEvaluationTest, CountsFoundAndCorrectValues) {
  const auto done = evaluate(
      "id,articleType,baseColour,productDisplayName\n"
      "1,Tshirts,Blue,Blue polo shirt\n"
      "2,Shirts,Red,Green shirt\n"
      "3,Water Bottle,Black,Bottle\n");
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->rows, 3);
  ASSERT_EQ(done->scores.size(), 3U);
  EXPECT_EQ(done->scores[1].property, "subcategory");
  EXPECT_EQ(done->scores[1].labelled, 2);
  EXPECT_EQ(done->scores[1].correct, 2);
  const PropertyScore& color = done->scores[2];
  EXPECT_EQ(color.labelled, 3);
  EXPECT_EQ(color.found, 2);
  EXPECT_EQ(color.correct, 1);
  EXPECT_DOUBLE_EQ(color.precision(), 0.5);
  ASSERT_EQ(done->mistakes.size(), 2U);
  EXPECT_EQ(done->mistakes[0].title.empty(), false);
}

TEST_F(PropertyEvaluationTest, ReadsThePublicTable) {
  const std::filesystem::path table = FIT_SOURCE_DIR "/../shared/data/products-train/styles.csv";
  if (!std::filesystem::exists(table)) GTEST_SKIP() << "needs " << table;
  const auto done = evaluate_properties(ontology::Extractor(*ontology::Ontology::load()), table);
  ASSERT_TRUE(done) << done.error().describe();
  for (const PropertyScore& one : done->scores) {
    if (one.property == "season" || one.property == "occasion")
      continue;  // titles do not mention the table's values
    EXPECT_GT(one.precision(), 0.95) << one.property;
    EXPECT_GT(one.recall(), 0.88) << one.property;
  }
}

TEST_F(PropertyEvaluationTest, RejectsOtherTables) {
  EXPECT_FALSE(evaluate(""));
  EXPECT_FALSE(evaluate("a,b\n1,2\n"));
  EXPECT_FALSE(evaluate("title,b\n1,2\n"));
}

}  // namespace
}  // namespace fit::evaluate
