#include "style/outfits/outfit_category.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/csv_reader.h"
#include "style/outfits/compatibility.h"

namespace fit::style {
namespace {

const ontology::Ontology& vocabulary() {
  static const ontology::Ontology kOntology = ontology::Ontology::load().value();
  return kOntology;
}

domain::Properties garment(std::string_view category, std::string_view subcategory,
                           std::string_view property = {}, std::string_view value = {}) {
  domain::Properties properties;
  properties[domain::kCategory] = category;
  properties[domain::kSubcategory] = subcategory;
  if (!property.empty()) properties[domain::property_index(property).value()] = value;
  return properties;
}

std::string name_of(const domain::Properties& properties) {
  const OutfitCategory* const row = outfit_category_of(properties, vocabulary());
  return row == nullptr ? "" : std::string(row->name);
}

TEST(OutfitCategories, HaveValuesOfTheOntology) {
  std::set<std::string_view> names;
  for (const OutfitCategory& row : outfit_categories()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(find_outfit_category(row.name), &row);
    EXPECT_EQ(vocabulary().canonical(domain::kCategory, row.category), row.category) << row.name;
    if (!row.subcategory.empty()) {
      EXPECT_EQ(vocabulary().category_of(row.subcategory), row.category) << row.name;
    }
    if (row.property.empty()) continue;
    const auto property = domain::property_index(row.property);
    ASSERT_TRUE(property) << row.name;
    EXPECT_EQ(vocabulary().canonical(*property, row.value), row.value) << row.name;
  }
  EXPECT_EQ(find_outfit_category("Capes"), nullptr);
}

TEST(OutfitCategories, CoverTheModel) {
  const Compatibility model = Compatibility::load().value();
  for (const std::string& name : model.categories()) EXPECT_NE(find_outfit_category(name), nullptr) << name;
  // A category that is chosen for garments has a score.
  for (const OutfitCategory& row : outfit_categories()) {
    EXPECT_TRUE(row.use != CategoryUse::kBoth || model.find(row.name)) << row.name;
  }
}

TEST(OutfitCategories, MapBothWays) {
  for (const OutfitCategory& row : outfit_categories()) {
    if (row.use != CategoryUse::kBoth) continue;
    EXPECT_EQ(name_of(garment(row.category, row.subcategory, row.property, row.value)), row.name);
  }
}

TEST(OutfitCategories, CoverTheOntology) {
  const Compatibility model = Compatibility::load().value();
  for (const std::string& subcategory : vocabulary().values(domain::kSubcategory)) {
    const std::string_view category = vocabulary().category_of(subcategory).value();
    const std::string name = name_of(garment("", subcategory));
    if (category == "underwear" || category == "beauty") {
      EXPECT_EQ(name, subcategory == "swimsuit" ? "One Piece Swimsuits" : "") << subcategory;
      continue;
    }
    ASSERT_NE(name, "") << subcategory;
    EXPECT_TRUE(model.find(name)) << subcategory;
  }
}

TEST(OutfitCategories, FollowWordsPropertiesAndBroaderValues) {
  EXPECT_EQ(name_of(garment("", "T Shirts")), "T-Shirts");
  EXPECT_EQ(name_of(garment("tops", "polo shirt")), "T-Shirts");
  EXPECT_EQ(name_of(garment("", "dress shirt")), "Blouses");
  EXPECT_EQ(name_of(garment("", "boots")), "Boots");
  EXPECT_EQ(name_of(garment("", "boots", "fit", "ankle")), "Ankle Booties");
  EXPECT_EQ(name_of(garment("", "boots", "fit", "platform")), "Boots");
  EXPECT_EQ(name_of(garment("", "pleated skirt", "garment_length", "mini")), "Mini Skirts");
  EXPECT_EQ(name_of(garment("", "dress", "occasion", "party")), "Cocktail Dresses");
  EXPECT_EQ(name_of(garment("", "jeans", "gender", "men")), "Jeans");
  EXPECT_EQ(name_of(garment("Footwear", "")), "Shoes");
  EXPECT_EQ(name_of(garment("underwear", "")), "");
  EXPECT_EQ(name_of(garment("", "")), "");
  EXPECT_EQ(name_of(garment("spaceship", "rocket")), "");
}

TEST(OutfitCategories, HaveSlots) {
  EXPECT_EQ(to_string(find_outfit_category("Blouses")->slot), "top");
  EXPECT_EQ(to_string(find_outfit_category("Men's Jeans")->slot), "bottom");
  EXPECT_EQ(to_string(find_outfit_category("Gowns")->slot), "one_piece");
  EXPECT_EQ(to_string(find_outfit_category("Clogs")->slot), "shoes");
  EXPECT_EQ(to_string(find_outfit_category("Coats")->slot), "outer_layer");
  EXPECT_EQ(to_string(find_outfit_category("Luggage")->slot), "bag");
  EXPECT_EQ(to_string(find_outfit_category("Rings")->slot), "accessory");
}

TEST(OutfitCategories, CoverTheSharedOutfits) {
  const std::filesystem::path folder = std::filesystem::path(FIT_SOURCE_DIR) / "../shared/data/outfits";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "needs " << folder;
  std::set<std::string> names;
  for (const char* const file : {"train.csv", "validation.csv"}) {
    auto reader = CsvReader::open(folder / file, {.is_lenient = true});
    ASSERT_TRUE(reader) << reader.error().describe();
    for (auto row = reader->next(); row && *row; row = reader->next())
      names.insert((*row)->fields.begin(), (*row)->fields.end());
  }
  EXPECT_GE(names.size(), 100U);
  for (const std::string& name : names) EXPECT_NE(find_outfit_category(name), nullptr) << name;
}

}  // namespace
}  // namespace fit::style
