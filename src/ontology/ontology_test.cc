#include "ontology/ontology.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "base/json.h"
#include "ontology/builtin_ontology.h"
#include "ontology/ontology_file.h"

namespace fit::ontology {
namespace {

using testing::Contains;
using testing::HasSubstr;

class OntologyTest : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = Ontology::load();
    ASSERT_TRUE(loaded) << loaded.error().describe();
    ontology_ = *std::move(loaded);
  }

  std::string canonical(std::size_t property, std::string_view text) const {
    return std::string(ontology_->canonical(property, text).value_or("-"));
  }
  std::string nearest(std::size_t property, std::string_view text) const {
    return std::string(ontology_->nearest(property, text).value_or("-"));
  }

  std::optional<Ontology> ontology_;
};

TEST_F(OntologyTest, HasValuesForEachProperty) {
  for (std::size_t i = 0; i < domain::kProperties.size(); ++i) {
    EXPECT_GE(ontology_->values(i).size(), 4U) << domain::kProperties[i];
    for (const std::string& value : ontology_->values(i)) EXPECT_EQ(ontology_->canonical(i, value), value);
  }
}

TEST_F(OntologyTest, MatchesSynonymsPluralsAndSpellings) {
  for (const char* word : {"t-shirt", "T Shirts", "tshirt", "TSHIRTS", "t-shirts", "Tees"})
    EXPECT_EQ(canonical(kSubcategory, word), "t-shirt") << word;
  EXPECT_EQ(canonical(kSubcategory, "Dresses"), "dress");
  EXPECT_EQ(canonical(kSubcategory, "flipflops"), "flip flops");
  EXPECT_EQ(canonical(kPrimaryColor, "Grey"), "gray");
  EXPECT_EQ(canonical(kSecondaryColor, "maroon"), "burgundy");
  EXPECT_EQ(canonical(kPattern, "Polka-Dot"), "dotted");
  EXPECT_EQ(canonical(kCategory, "Shoe"), "shoes");
  EXPECT_EQ(canonical(kPrimaryColor, "nothing"), "-");
  EXPECT_EQ(canonical(kPrimaryColor, ""), "-");
  EXPECT_EQ(canonical(kMaterial, "denim jacket"), "-");  // implied only
}

TEST_F(OntologyTest, SuggestsTheNearestValue) {
  EXPECT_EQ(nearest(kPrimaryColor, "balck"), "black");
  EXPECT_EQ(nearest(kPrimaryColor, "burgandy"), "burgundy");
  EXPECT_EQ(nearest(kPattern, "stripd"), "striped");
  EXPECT_EQ(nearest(kSubcategory, "jumpper"), "sweater");
  EXPECT_EQ(nearest(kPrimaryColor, "xqzwvk"), "-");
  EXPECT_EQ(nearest(kPrimaryColor, std::string(1'000'000, 'b')), "-");
}

TEST_F(OntologyTest, RelatesValues) {
  EXPECT_EQ(ontology_->category_of("jeans"), "bottoms");
  EXPECT_EQ(ontology_->category_of("polo shirt"), "tops");
  EXPECT_EQ(ontology_->category_of("spaceship"), std::nullopt);
  EXPECT_EQ(ontology_->broader(kSubcategory, "polo shirt"), "t-shirt");
  EXPECT_EQ(ontology_->broader(kPattern, "plaid"), "checked");
  EXPECT_TRUE(ontology_->is_a(kSubcategory, "denim jacket", "jacket"));
  EXPECT_FALSE(ontology_->is_a(kSubcategory, "jacket", "denim jacket"));
  for (const std::string& garment : ontology_->values(kSubcategory))
    EXPECT_THAT(ontology_->values(kCategory), Contains(*ontology_->category_of(garment)));
}

// Filters can only match predicted values that are values of the ontology.
TEST_F(OntologyTest, HasTheValuesThatTheBuiltinModelPredicts) {
  std::ifstream file(FIT_SOURCE_DIR "/models/builtin/manifest.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto manifest = parse_json("manifest", text);
  ASSERT_TRUE(manifest);
  for (const Json& output : (*manifest)["properties"]["outputs"]) {
    const auto property = domain::property_index(output["property"].get<std::string>());
    ASSERT_TRUE(property);
    for (const Json& value : output["values"]) {
      EXPECT_EQ(canonical(*property, value.get<std::string>()), value.get<std::string>());
    }
  }
}

TEST_F(OntologyTest, RejectsContradictions) {
  const auto problem = [](const std::string& from, const std::string& to) {
    std::string text(builtin_ontology());
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto parsed = Ontology::parse(text);
    EXPECT_FALSE(parsed) << to;
    return parsed ? std::string() : parsed.error().describe();
  };
  EXPECT_THAT(problem(R"("category": "tops")", R"("category": "hats")"), HasSubstr("is not a category"));
  EXPECT_THAT(problem(R"("broader": "t-shirt")", R"("broader": "polo shirt")"),
              HasSubstr("is not another value"));
  EXPECT_THAT(problem(R"("broader": "t-shirt")", R"("narrower": "t-shirt")"),
              HasSubstr("is not a known key"));
  EXPECT_THAT(problem(R"("snow white")", R"("jet black")"), HasSubstr("already means black"));
  EXPECT_THAT(problem(R"("snow white")", R"("!!!")"), HasSubstr("without letters"));
  EXPECT_THAT(problem(R"("snow white")", R"(7)"), HasSubstr("must be a text"));
  EXPECT_THAT(problem(R"("season": {)", R"("weather": {)"), HasSubstr("is not a property"));
  EXPECT_THAT(problem(R"("asides": [)", R"("aside": [)"), HasSubstr("is not a known key"));
  EXPECT_THAT(problem(R"("new balance")", R"("black")"), HasSubstr("is a term of a value"));
  EXPECT_FALSE(Ontology::parse(""));
  EXPECT_FALSE(Ontology::parse("[]"));
  EXPECT_FALSE(Ontology::parse("{}"));
  EXPECT_FALSE(Ontology::parse(R"({"values":{"category":{"tops":[]}}})"));
}

}  // namespace
}  // namespace fit::ontology
