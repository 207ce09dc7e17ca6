#include "search/query_parser.h"

#include <gtest/gtest.h>

#include "base/format.h"
#include "search/memory_columns.h"
#include "search/test_names.h"

namespace fit::search {
namespace {

class QueryParserTest : public testing::Test {
 protected:
  QueryParserTest() {
    add("category", {"tops", "tops", "outerwear"});
    add("subcategory", {"jacket", "t-shirt", "dress", "jeans"});
    add("primary_color", {"red", "gray", "navy", "red"});
    add("secondary_color", {"red", "red", "red", "red", "white"});
    add("pattern", {"striped", "solid", "checked"});
    add("material", {"leather", "wool", "denim"});
    add("sleeve_length", {"long", "short"});
    add("neckline", {"v-neck", "crew"});
    add("garment_length", {"long", "long", "long"});
  }

  void add(std::string_view property, std::initializer_list<std::string> values) {
    for (const std::string& value : values) {
      domain::FilterColumns item;
      item.id = ItemId{++last_id_};
      item.source = "shop";
      item.status = "active";
      item.properties[*domain::property_index(property)] = value;
      columns_.upsert(std::span(&item, 1));
    }
  }

  // "primary_color=red -pattern=striped -brand=nike | rest"
  std::string read(std::string_view text) const {
    const ParsedText parsed = QueryParser(values_, names_, *ontology::Ontology::load()).parse(text).value();
    std::string shown;
    for (const SoftProperty& one : parsed.properties) {
      shown += fit::format("{}{}={} ", one.wanted ? "" : "-", domain::kProperties[one.property], one.value);
    }
    for (const std::string& brand : parsed.denied_brands) shown += fit::format("-brand={} ", brand);
    for (const std::string& word : parsed.denied_words) shown += fit::format("-{} ", word);
    return shown + "| " + parsed.rest;
  }

  std::int64_t last_id_ = 0;
  index::ColumnStore columns_;
  MemoryColumns values_{columns_};
  TestNames names_{
      {"pinkfloyd", "whitestuff", "cottonon", "on", "hm", "no21", "orange", "blackdress", "nike", "adidas",
       "thenorthface", "northface", "no6store", "nofear", "apc"},
      {{"deep purple", 3}, {"deep", 4}, {"max 90", 2}, {"red wool", 5}, {"red nuptse", 1}, {"nuptse", 9}}};
};

TEST_F(QueryParserTest, NamesProperties) {
  EXPECT_EQ(read("this but in red"), "primary_color=red | ");
  EXPECT_EQ(read("in LEATHER, please"), "material=leather | ");
  EXPECT_EQ(read("red leather jackets with pockets"),
            "primary_color=red subcategory=jacket material=leather | pockets");
  EXPECT_EQ(read("white"), "secondary_color=white | ") << "no primary colour is white";
  EXPECT_EQ(read("grey trousers"), "primary_color=gray subcategory=trousers | trousers")
      << "no item is called so";
  EXPECT_EQ(read("blue bomber jacket"), "primary_color=blue subcategory=jacket | blue")
      << "no item is a bomber jacket";
  EXPECT_EQ(read("t shirt"), "subcategory=t-shirt | ");
  EXPECT_EQ(read("tee"), "subcategory=t-shirt | ");
}

TEST_F(QueryParserTest, ReadsHeads) {
  EXPECT_EQ(read("longer sleeves"), "sleeve_length=long | ");
  EXPECT_EQ(read("short-sleeved"), "sleeve_length=short | ");
  EXPECT_EQ(read("short sleeved"), "sleeve_length=short | ");
  EXPECT_EQ(read("crew neck"), "neckline=crew | ");
  EXPECT_EQ(read("v neck"), "neckline=v-neck | ");
  EXPECT_EQ(read("long"), "sleeve_length=long garment_length=long | ");
  EXPECT_EQ(read("longer"), "garment_length=long | ") << "where it is commonest";
}

TEST_F(QueryParserTest, ReadsNegation) {
  EXPECT_EQ(read("without stripes"), "-pattern=striped | ");
  EXPECT_EQ(read("jacket, not wool"), "subcategory=jacket -material=wool | ");
  EXPECT_EQ(read("no red or wool"), "-primary_color=red -material=wool | ");
  EXPECT_EQ(read("without a hood in red"), "-neckline=hooded primary_color=red | ");
  EXPECT_EQ(read("without a xylophone in red"), "primary_color=red -xylophone | ");
}

TEST_F(QueryParserTest, LeavesOutWhatAHyphenOrAPhraseDenies) {
  EXPECT_EQ(read("jacket -red"), "subcategory=jacket -primary_color=red | ");
  EXPECT_EQ(read("-wool"), "-material=wool | ");
  EXPECT_EQ(read("anything but red"), "-primary_color=red | ");
  EXPECT_EQ(read("jacket but not leather"), "subcategory=jacket -material=leather | ");
  EXPECT_EQ(read("jacke ohne wolle"), "-wolle | jacke");
  EXPECT_EQ(read("v-neck"), "neckline=v-neck | ") << "a hyphen inside a word";
}

TEST_F(QueryParserTest, LeavesOutTheBrandsThatWordsDeny) {
  for (const std::string text :
       {"not nike", "no Nike", "-nike", "without nike", "anything but nike", "everything except nike",
        "other than nike", "not a nike", "not from nike"}) {
    EXPECT_TRUE(read(text).starts_with("-brand=nike | ")) << text << ": " << read(text);
  }
  EXPECT_EQ(read("jacket not nike"), "subcategory=jacket -brand=nike | ");
  EXPECT_EQ(read("red jacket -nike -adidas"),
            "primary_color=red subcategory=jacket -brand=nike -brand=adidas | ");
  EXPECT_EQ(read("no nike or adidas"), "-brand=nike -brand=adidas | ");
  EXPECT_EQ(read("not red or nike"), "-primary_color=red -brand=nike | ");
  EXPECT_EQ(read("not nike or red"), "primary_color=red -brand=nike | ");
  EXPECT_EQ(read("not The North Face jacket"), "subcategory=jacket -brand=the north face | ");
  EXPECT_EQ(read("not a.p.c."), "-brand=a.p.c | ");
  EXPECT_EQ(read("not nike nike"), "-brand=nike | nike");
}

TEST_F(QueryParserTest, ANegationEndsBeforeOtherNames) {
  EXPECT_EQ(read("not nike, adidas"), "-brand=nike | adidas");
  EXPECT_EQ(read("not nike but adidas"), "-brand=nike | adidas");
  EXPECT_EQ(read("not nike adidas"), "-brand=nike | adidas");
  EXPECT_EQ(read("not red nike"), "-primary_color=red | nike");
  EXPECT_EQ(read("no 6 store dress"), "subcategory=dress | no 6 store");
  EXPECT_EQ(read("no fear"), "| no fear");
  EXPECT_EQ(read("not deep purple"), "-deep purple | ") << "a name that is no brand";
  EXPECT_EQ(read("nike not xylophone"), "-xylophone | nike");
}

TEST_F(QueryParserTest, LeavesOutAnyWord) {
  for (const std::string text :
       {"jacket -tassels", "jacket not tassels", "jacket without tassels", "jacket without any tassels",
        "jacket kein tassels", "jacket keinen tassels", "jacket sans tassels", "jacket senza tassels",
        "jacket, anything but tassels", "jacket except tassels"}) {
    EXPECT_EQ(read(text), "subcategory=jacket -tassels | ") << text;
  }
  EXPECT_EQ(read("-tassels jacket"), "subcategory=jacket -tassels | ");
  EXPECT_EQ(read("no tassels or beads"), "-tassels -beads | ");
  EXPECT_EQ(read("no tassels beads"), "-tassels | beads");
  EXPECT_EQ(read("not red or tassels"), "-primary_color=red -tassels | ");
  EXPECT_EQ(read("no nike or tassels"), "-brand=nike -tassels | ");
  EXPECT_EQ(read("-rip-stop"), "-rip-stop | ");
  EXPECT_EQ(read("-蕾丝"), "-蕾丝 | ");
}

TEST_F(QueryParserTest, LeavesOutNoWordWithoutMeaning) {
  EXPECT_EQ(read("not too tight"), "| tight");
  EXPECT_EQ(read("not 7"), "| ");
  EXPECT_EQ(read("not a b"), "| ");
  EXPECT_EQ(read("jacket -"), "subcategory=jacket | ");
}

TEST_F(QueryParserTest, RemembersTheWordsOfDeniedProperties) {
  const QueryParser parser(values_, names_, *ontology::Ontology::load());
  EXPECT_EQ(parser.parse("dress -red").value().denied_values, std::vector<std::string>{"red"});
  EXPECT_EQ(parser.parse("without long sleeves").value().denied_values,
            std::vector<std::string>{"long sleeves"});
  EXPECT_TRUE(parser.parse("red dress").value().denied_values.empty());
}

TEST_F(QueryParserTest, TakesNamesBeforeProperties) {
  EXPECT_EQ(read("pink floyd"), "| pink floyd");
  EXPECT_EQ(read("pink floyd t-shirt"), "subcategory=t-shirt | pink floyd");
  EXPECT_EQ(read("White Stuff red dress"), "primary_color=red subcategory=dress | White Stuff");
  EXPECT_EQ(read("cotton on"), "| cotton on");
  EXPECT_EQ(read("on jacket"), "subcategory=jacket | on");
  EXPECT_EQ(read("dress on sale"), "subcategory=dress | sale") << "in the middle a small word is no brand";
  EXPECT_EQ(read("h&m dress"), "subcategory=dress | h&m");
  EXPECT_EQ(read("no. 21"), "| no 21");
  EXPECT_EQ(read("no 7"), "| no 7") << "no negation before a number";
  EXPECT_EQ(read("orange"), "primary_color=orange | orange") << "a property's word alone is no brand";
  EXPECT_EQ(read("black dress"), "primary_color=black subcategory=dress | black") << "nothing but properties";
}

TEST_F(QueryParserTest, TakesWordsThatItemsHaveTogether) {
  EXPECT_EQ(read("deep purple"), "| deep purple");
  EXPECT_EQ(read("red nuptse"), "primary_color=red | nuptse") << "most items have one without the other";
  EXPECT_EQ(read("nike max 90"), "| nike max 90");
}

TEST_F(QueryParserTest, ReadsPriceAndTextTogether) {
  const ParsedText text = QueryParser(values_, names_, *ontology::Ontology::load())
                              .parse("Red dress under $50 for a party")
                              .value();
  EXPECT_EQ(text.text, "Red dress for a party");
  EXPECT_EQ(text.rest, "party") << "the ontology knows it, no item has it";
  EXPECT_EQ(text.max_price, 50);
  EXPECT_EQ(text.min_price, std::nullopt);
}

TEST_F(QueryParserTest, MatchesTheSpellingsOfSellers) {
  add("subcategory", {"Tshirts", "Polo Shirt", "Tunics"});
  add("primary_color", {"Navy Blue", "Sunset Haze"});
  const QueryParser parser(values_, names_, *ontology::Ontology::load());
  const auto tee = parser.soft_property(*domain::property_index("subcategory"), "tee");
  EXPECT_EQ(tee.value, "t-shirt");
  EXPECT_EQ(tee.values, (std::vector<std::string>{"polo shirt", "t-shirt", "tshirts"}));
  const auto navy = parser.parse("navy").value().properties;
  ASSERT_EQ(navy.size(), 1U);
  EXPECT_EQ(navy[0].values, (std::vector<std::string>{"navy", "navy blue"}));
  EXPECT_EQ(read("sunset haze tops"), "category=tops subcategory=top primary_color=sunset haze | ")
      << "a seller's own colour";
  const auto added_later = parser.soft_property(*domain::property_index("material"), "cotton");
  EXPECT_EQ(added_later.values, std::vector<std::string>{"cotton"});
  add("material", {"Cotton Blend", "100% cotton"});
  EXPECT_EQ(parser.soft_property(*domain::property_index("category"), "dress").values,
            std::vector<std::string>{"dress"});
}

TEST_F(QueryParserTest, FindsValuesBesideTheirProperty) {
  index::ColumnStore folders;
  domain::FilterColumns item;
  item.id = ItemId{1};
  item.status = "active";
  item.properties[*domain::property_index("category")] = "Dress";
  folders.upsert(std::span(&item, 1));
  const auto properties = QueryParser(MemoryColumns(folders), names_, *ontology::Ontology::load())
                              .parse("red dresses")
                              .value()
                              .properties;
  ASSERT_GE(properties.size(), 2U);
  EXPECT_EQ(properties[0].values, std::vector<std::string>{"red"})
      << "no item says so; the model may believe it";
  EXPECT_EQ(domain::kProperties[properties.back().property], "category") << "a folder's name";
  EXPECT_EQ(properties.back().values, std::vector<std::string>{"dress"});
}

TEST_F(QueryParserTest, AcceptsAnyText) {
  for (const std::string text : {"", " ", "...", "'", "--", "''''", "\"red\" OR 1=1", "👗👗", "大衣 赤",
                                 "пальто", "\xC2\xA0", "not", "not not", "sleeves", "a", "no no no"}) {
    EXPECT_NO_FATAL_FAILURE(read(text)) << text;
  }
  EXPECT_EQ(read("\"red\"; DROP TABLE"), "primary_color=red | DROP TABLE");
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "red jacket ";
  EXPECT_EQ(QueryParser(values_, names_, *ontology::Ontology::load()).parse(many).value().properties.size(),
            2U);
}

}  // namespace
}  // namespace fit::search
