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

TEST_F(OntologyTest, KnowsSynonymsPluralsAndSpellings) {
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
  EXPECT_EQ(canonical(kMaterial, "denim jacket"), "-");  // said by the way only
}

TEST_F(OntologyTest, SuggestsTheNearest) {
  EXPECT_EQ(nearest(kPrimaryColor, "balck"), "black");
  EXPECT_EQ(nearest(kPrimaryColor, "burgandy"), "burgundy");
  EXPECT_EQ(nearest(kPattern, "stripd"), "striped");
  EXPECT_EQ(nearest(kSubcategory, "jumpper"), "sweater");
  EXPECT_EQ(nearest(kPrimaryColor, "xqzwvk"), "-");
  EXPECT_EQ(nearest(kPrimaryColor, std::string(1'000'000, 'b')), "-");
}

TEST_F(OntologyTest, KnowsWhatBelongsWhere) {
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

// Filters must find what the model predicts.
TEST_F(OntologyTest, KnowsWhatTheBuiltinModelPredicts) {
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

TEST_F(OntologyTest, RefusesContradictions) {
  const auto told = [](const std::string& from, const std::string& to) {
    std::string text(builtin_ontology());
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto parsed = Ontology::parse(text);
    EXPECT_FALSE(parsed) << to;
    return parsed ? std::string() : parsed.error().describe();
  };
  EXPECT_THAT(told(R"("category": "tops")", R"("category": "hats")"), HasSubstr("is no category"));
  EXPECT_THAT(told(R"("broader": "t-shirt")", R"("broader": "polo shirt")"), HasSubstr("is no other value"));
  EXPECT_THAT(told(R"("broader": "t-shirt")", R"("narrower": "t-shirt")"), HasSubstr("is not known here"));
  EXPECT_THAT(told(R"("snow white")", R"("jet black")"), HasSubstr("means black already"));
  EXPECT_THAT(told(R"("snow white")", R"("!!!")"), HasSubstr("without letters"));
  EXPECT_THAT(told(R"("snow white")", R"(7)"), HasSubstr("must be a word"));
  EXPECT_THAT(told(R"("season": {)", R"("weather": {)"), HasSubstr("is no property"));
  EXPECT_THAT(told(R"("asides": [)", R"("aside": [)"), HasSubstr("is not known here"));
  EXPECT_THAT(told(R"("new balance")", R"("black")"), HasSubstr("is the word of a value"));
  EXPECT_FALSE(Ontology::parse(""));
  EXPECT_FALSE(Ontology::parse("[]"));
  EXPECT_FALSE(Ontology::parse("{}"));
  EXPECT_FALSE(Ontology::parse(R"({"values":{"category":{"tops":[]}}})"));
}

}  // namespace
}  // namespace fit::ontology
