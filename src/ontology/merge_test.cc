#include "ontology/merge.h"

#include <gtest/gtest.h>

#include "ontology/ontology_file.h"

namespace fit::ontology {
namespace {

using domain::Origin;

class MergeTest : public testing::Test {
 protected:
  MergeTest() : extractor_(*Ontology::load()) {}

  MergedProperties merged(const domain::Properties& given, std::string_view title,
                          const std::vector<PhotoPrediction>& predictions) const {
    return merge(extractor_.ontology(), given,
                 extractor_.extract({.title = title, .description = {}, .tags = {}, .brand = {}}),
                 predictions);
  }

  Extractor extractor_;
};

TEST_F(MergeTest, NeverChangesTheSellersValues) {
  domain::Properties given;
  given[kPrimaryColor] = "unicorn";
  given[kSubcategory] = "jeans";
  const MergedProperties item =
      merged(given, "Red dress", {{kPrimaryColor, "blue", 0.99F}, {kSubcategory, "shirt", 0.99F}});
  EXPECT_EQ(item.values[kPrimaryColor], "unicorn");
  EXPECT_EQ(item.origins[kPrimaryColor], (domain::PropertyOrigin{Origin::kSeller, 1}));
  EXPECT_EQ(item.values[kSubcategory], "jeans");
  EXPECT_EQ(item.values[kCategory], "bottoms");  // not the title's "dresses"
  EXPECT_EQ(item.origins[kCategory].origin, Origin::kDerived);
}

TEST_F(MergeTest, AcceptsOtherTermsFromSellers) {
  domain::Properties given;
  given[kCategory] = "knitwear of mine";
  EXPECT_EQ(merged(given, "Navy sweater", {}).values[kSubcategory], "sweater");
  given[kCategory] = "shoe";
  EXPECT_EQ(merged(given, "Navy sweater", {}).values[kSubcategory], "");
  EXPECT_EQ(merged(given, "Navy sneakers", {}).values[kSubcategory], "sneakers");
  given = {};
  given[kSubcategory] = "tees";
  EXPECT_EQ(merged(given, "", {}).values[kCategory], "tops");
}

TEST_F(MergeTest, TextPrecedesImage) {
  const MergedProperties item =
      merged({}, "Red dress", {{kPrimaryColor, "blue", 0.99F}, {kPattern, "floral", 0.8F}});
  EXPECT_EQ(item.values[kPrimaryColor], "red");
  EXPECT_EQ(item.origins[kPrimaryColor].origin, Origin::kText);
  EXPECT_EQ(item.values[kPattern], "floral");
  EXPECT_EQ(item.origins[kPattern], (domain::PropertyOrigin{Origin::kPhoto, 0.8F}));
  EXPECT_EQ(item.values[kSeason], "");
  EXPECT_EQ(item.origins[kSeason].origin, Origin::kNone);
}

TEST_F(MergeTest, AgreementRaisesConfidence) {
  const float alone = merged({}, "Red dress", {}).origins[kPrimaryColor].confidence;
  const MergedProperties both = merged({}, "Red dress", {{kPrimaryColor, "red", 0.7F}});
  EXPECT_GT(both.origins[kPrimaryColor].confidence, alone);
  EXPECT_LE(both.origins[kPrimaryColor].confidence, 1);
}

TEST_F(MergeTest, IgnoresUnconfidentPredictions) {
  const MergedProperties item =
      merged({}, "Nice thing", {{kPrimaryColor, "red", 0.5F}, {kGender, "men", 0.0F / 1}});
  EXPECT_EQ(item.values, domain::Properties{});
  EXPECT_EQ(merged({}, "Thing", {{kPrimaryColor, "no such colour", 1}}).values, domain::Properties{});
}

TEST_F(MergeTest, AGenderFromAnImageNeedsMoreConfidence) {
  EXPECT_EQ(merged({}, "Nice thing", {{kGender, "men", 0.89F}}).values[kGender], "");
  EXPECT_EQ(merged({}, "Nice thing", {{kGender, "men", 0.91F}}).values[kGender], "men");
  EXPECT_EQ(merged({}, "Nice thing", {{kPrimaryColor, "red", 0.61F}}).values[kPrimaryColor], "red");
}

TEST_F(MergeTest, AGarmentGivenAsCategoryIsTheSubcategory) {
  domain::Properties given;
  given[kCategory] = "Pants";
  MergedProperties item = merged(given, "Nice thing", {{kSubcategory, "skirt", 0.9F}});
  EXPECT_EQ(item.values[kCategory], "Pants");
  EXPECT_EQ(item.values[kSubcategory], "trousers");
  EXPECT_EQ(item.origins[kSubcategory], (domain::PropertyOrigin{Origin::kDerived, 1}));
  EXPECT_EQ(merged(given, "Blue jeans", {}).values[kSubcategory], "jeans") << "the title says more";
  EXPECT_EQ(merged(given, "Navy sweater", {}).values[kSubcategory], "trousers");
  given[kCategory] = "Dresses";
  EXPECT_EQ(merged(given, "Nice thing", {}).values[kSubcategory], "") << "may be a jumpsuit";
  EXPECT_EQ(merged(given, "", {{kSubcategory, "jumpsuit", 0.7F}}).values[kSubcategory], "jumpsuit");
  given[kSubcategory] = "unicorn suit";
  EXPECT_EQ(merged(given, "", {}).values[kSubcategory], "unicorn suit");
}

TEST_F(MergeTest, PredictionsDoNotContradictTexts) {
  EXPECT_EQ(merged({}, "Bag, not red", {{kPrimaryColor, "red", 0.9F}}).values[kPrimaryColor], "");
  // Jeans are of another category than shoes.
  const MergedProperties item =
      merged({}, "Puma white shoe", {{kSubcategory, "jeans", 0.9F}, {kSubcategory, "sandals", 0.7F}});
  EXPECT_EQ(item.values[kCategory], "shoes");
  EXPECT_EQ(item.values[kSubcategory], "sandals");
  const MergedProperties seen = merged({}, "Thing", {{kSubcategory, "jeans", 0.9F}});
  EXPECT_EQ(seen.values[kCategory], "bottoms");
  EXPECT_EQ(seen.origins[kCategory], (domain::PropertyOrigin{Origin::kDerived, 0.9F}));
}

}  // namespace
}  // namespace fit::ontology
