#include "ontology/extractor.h"

#include <gmock/gmock.h>

#include <map>
#include <random>

#include "ontology/mentions.h"
#include "ontology/ontology_file.h"

namespace fit::ontology {
namespace {

using testing::Contains;
using testing::Pair;

using Found = std::map<std::string, std::string>;

class ExtractorTest : public testing::Test {
 protected:
  static const Extractor& extractor() {
    static const Extractor made(*Ontology::load());
    return made;
  }

  static Extraction extract(std::string_view title, std::string_view description = {},
                            const std::vector<std::string>& tags = {}, std::string_view brand = {}) {
    return extractor().extract({.title = title, .description = description, .tags = tags, .brand = brand});
  }

  static Found named(const Extraction& extraction) {
    Found found;
    for (std::size_t i = 0; i < kPropertyCount; ++i) {
      const auto& one = extraction.found[i];
      if (!one) continue;
      EXPECT_GT(one->confidence, 0);
      EXPECT_LE(one->confidence, 1);
      found[std::string(domain::kProperties[i])] = one->value;
    }
    return found;
  }
  static Found read(std::string_view title, std::string_view description = {},
                    const std::vector<std::string>& tags = {}, std::string_view brand = {}) {
    return named(extract(title, description, tags, brand));
  }
  static std::string value(std::string_view property, std::string_view title,
                           std::string_view description = {}) {
    const Found found = read(title, description);
    const auto one = found.find(std::string(property));
    return one == found.end() ? "" : one->second;
  }
};

TEST_F(ExtractorTest, ReadsATitle) {
  EXPECT_EQ(read("Levi's Women's Blue Striped Cotton T-Shirt, short sleeves"),
            (Found{{"category", "tops"},
                   {"subcategory", "t-shirt"},
                   {"primary_color", "blue"},
                   {"pattern", "striped"},
                   {"material", "cotton"},
                   {"sleeve_length", "short"},
                   {"gender", "women"}}));
  EXPECT_EQ(read(""), Found{});
  EXPECT_EQ(read("Lot 4711"), Found{});
}

TEST_F(ExtractorTest, FindsTheGarmentForSale) {
  const std::pair<const char*, const char*> cases[] = {{"dress shirt", "dress shirt"},
                                                       {"Denim shirt dress", "dress"},
                                                       {"T-shirt dress with belt", "dress"},
                                                       {"Polo T-shirt", "t-shirt"},
                                                       {"Polo shirt", "polo shirt"},
                                                       {"sweater vest", "sweater vest"},
                                                       {"belt bag", "belt bag"},
                                                       {"Boots with heel", "boots"},
                                                       {"Top and skirt", "top"},
                                                       {"red tie-dye hoodie", "hoodie"},
                                                       {"Wrap dress", "dress"},
                                                       {"Pencil skirt", "skirt"},
                                                       {"denim jacket", "denim jacket"},
                                                       {"Jacke für Herren", ""},
                                                       {"New Balance sneakers", "sneakers"},
                                                       {"Pepe Jeans men sunglasses", "sunglasses"}};
  for (const auto& [title, expected] : cases) EXPECT_EQ(value("subcategory", title), expected) << title;
  EXPECT_EQ(value("material", "denim jacket"), "denim");
  EXPECT_EQ(value("material", "blue denim skirt"), "denim");
  EXPECT_EQ(value("subcategory", "blue denim"), "");
  EXPECT_EQ(value("closure", "Wrap dress"), "wrap");
  EXPECT_EQ(value("occasion", "dress shirt"), "formal");
  EXPECT_EQ(value("condition", "New Balance sneakers"), "");
}

TEST_F(ExtractorTest, DistinguishesColours) {
  EXPECT_EQ(value("primary_color", "navy blue jumper"), "navy");
  EXPECT_EQ(value("primary_color", "light-blue jeans"), "light blue");
  EXPECT_EQ(value("primary_color", "rose gold watch"), "gold");
  EXPECT_EQ(value("primary_color", "Orange dress"), "orange");
  EXPECT_EQ(value("primary_color", "GREY/BLACK hoodie"), "gray");
  const Found two = read("black and white striped top");
  EXPECT_THAT(two, Contains(Pair("primary_color", "black")));
  EXPECT_THAT(two, Contains(Pair("secondary_color", "white")));
  const Found part = read("Jacket with gold buttons in green");
  EXPECT_THAT(part, Contains(Pair("primary_color", "green")));
  EXPECT_EQ(value("secondary_color", "Hoodie", "Boho hoodie in navy and white, cotton."), "white");
  EXPECT_EQ(value("secondary_color", "Navy hoodie", "Looks great with white sneakers."), "");
}

TEST_F(ExtractorTest, RecognisesNegation) {
  const Extraction wool = extract("Sweater", "Soft acrylic, not wool.");
  EXPECT_EQ(named(wool)["material"], "acrylic");
  EXPECT_TRUE(wool.excludes(kMaterial, "wool"));
  EXPECT_TRUE(extract("non-leather bag").excludes(kMaterial, "leather"));
  EXPECT_TRUE(extract("bag", "leather-free").excludes(kMaterial, "leather"));
  EXPECT_TRUE(extract("jacket without hood").excludes(8, "hooded"));
  EXPECT_EQ(value("neckline", "jacket without hood"), "");
  EXPECT_EQ(value("pattern", "shirt, no stripes"), "");
  EXPECT_EQ(value("sleeve_length", "dress without sleeves"), "sleeveless");
  EXPECT_EQ(value("pattern", "shirt no print"), "solid");
  const Extraction both = extract("Coat", "This is not real wool or cashmere but polyester");
  EXPECT_TRUE(both.excludes(kMaterial, "wool"));
  EXPECT_TRUE(both.excludes(kMaterial, "cashmere"));
  EXPECT_EQ(named(both)["material"], "polyester");
  EXPECT_EQ(value("primary_color", "not black, navy skirt"), "navy");
}

TEST_F(ExtractorTest, ReadsStylesAndConditions) {
  EXPECT_EQ(value("style", "Y2K baby tee"), "y2k");
  EXPECT_EQ(value("style", "Vintage 90s denim jacket"), "vintage");
  EXPECT_EQ(value("condition", "BNWT jeans"), "new");
  EXPECT_EQ(value("condition", "Jeans", "Worn once or twice, as new."), "like new");
  EXPECT_EQ(value("condition", "Jeans", "Never worn!"), "new");
  EXPECT_EQ(value("condition", "Jeans", "Worn with care, no flaws."), "good");
  EXPECT_EQ(value("condition", "Jeans", "Some signs of wear"), "fair");
  EXPECT_EQ(value("condition", "Jeans", "a new zip, in top condition"), "");
  EXPECT_EQ(value("gender", "Sneakers for men and women"), "unisex");
  EXPECT_EQ(value("gender", "Men's watch"), "men");
  EXPECT_EQ(value("gender", "boyfriend jeans"), "");
}

TEST_F(ExtractorTest, IgnoresSizes) {
  EXPECT_EQ(value("gender", "Jeans W32 L34, size 8-10, $20 - $50"), "");
  EXPECT_EQ(read("Size M/L 38-40 EU 10"), Found{});
  EXPECT_EQ(value("subcategory", "Skirt", "dress size 10"), "skirt");
  EXPECT_EQ(value("garment_length", "shorts"), "");
  EXPECT_EQ(value("garment_length", "long black wool coat"), "long");
  EXPECT_EQ(value("garment_length", "Coat", "as long as it is clean"), "");
}

TEST_F(ExtractorTest, IgnoresOtherItemsAndBrands) {
  const Found found = read("Green blouse", "Goes well with black jeans. Made of silk.");
  EXPECT_THAT(found, Contains(Pair("primary_color", "green")));
  EXPECT_THAT(found, Contains(Pair("subcategory", "blouse")));
  EXPECT_THAT(found, Contains(Pair("material", "silk")));
  EXPECT_EQ(read("Orange Tab jacket", "", {}, "Orange Tab").count("primary_color"), 0U);
  EXPECT_EQ(read("Silver Fox coat", "", {}, "Silver Fox").count("primary_color"), 0U);
}

TEST_F(ExtractorTest, WeightsTitleTagsAndDescription) {
  EXPECT_EQ(value("primary_color", "Red dress", "Also comes as a blue dress"), "red");
  EXPECT_EQ(read("Dress", "", {"red", "summer"})["primary_color"], "red");
  EXPECT_EQ(read("Dress", "", {"red", "summer"})["season"], "summer");
  const auto once = extract("Red dress").found[kPrimaryColor];
  const auto twice = extract("Red dress", "Made of red silk").found[kPrimaryColor];
  const auto low = extract("Dress", "Made of red silk").found[kPrimaryColor];
  EXPECT_GT(twice->confidence, once->confidence);
  EXPECT_LT(low->confidence, once->confidence);
  EXPECT_EQ(value("material", "Coat", "20% wool 80% polyester"), "polyester");
  EXPECT_EQ(value("season", "spring summer autumn coat"), "all season");
}

TEST_F(ExtractorTest, ReportsThePositionsOfMentions) {
  const std::string text = "no wool, navy-blue dress";
  const auto mentions = find_mentions(extractor().ontology(), text, {});
  ASSERT_EQ(mentions.size(), 3U);
  EXPECT_TRUE(mentions[0].negated);
  EXPECT_EQ(mentions[1].value, "navy");
  EXPECT_EQ(text.substr(mentions[1].begin, mentions[1].end - mentions[1].begin), "navy-blue");
  EXPECT_EQ(mentions[2].property, kSubcategory);
}

TEST_F(ExtractorTest, AcceptsHostileTexts) {
  std::string words;
  for (int i = 0; i < 10'000; ++i) words += i % 3 == 0 ? "not " : i % 3 == 1 ? "red " : "dress ";
  EXPECT_LE(read(words, words, {words, words}).size(), kPropertyCount);
  EXPECT_EQ(value("primary_color", "\x01\x02red\x07\x1f dress\0"), "red");
  EXPECT_EQ(value("primary_color", "\u200bre\u200bd dress"), "red");
  EXPECT_EQ(value("primary_color", "'; DROP TABLE items; -- red dress"), "red");
  EXPECT_EQ(value("primary_color", "красное платье \xff\xfe red"), "red");
  EXPECT_EQ(read(std::string(5'000'000, 'x')), Found{});
  std::string no;
  for (int i = 0; i < 50'000; ++i) no += "no ";
  EXPECT_EQ(read(no), Found{});
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    std::string noise(random() % 400, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    read(noise, noise, {noise}, noise);
  }
}

}  // namespace
}  // namespace fit::ontology
