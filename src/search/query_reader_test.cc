#include "search/query_reader.h"

#include <gtest/gtest.h>

#include <format>

namespace fit::search {
namespace {

class QueryReaderTest : public testing::Test {
 protected:
  QueryReaderTest() {
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
      store::ItemFacts item;
      item.id = ItemId{++last_id_};
      item.source = "shop";
      item.status = "active";
      item.properties[*store::property_index(property)] = value;
      columns_.upsert(std::span(&item, 1));
    }
  }

  // "primary_color=red -pattern=striped | rest"
  std::string read(std::string_view text) const {
    const ReadText read = make_column_reader(columns_)->read(text);
    std::string shown;
    for (const SoftProperty& one : read.properties) {
      shown += std::format("{}{}={} ", one.wanted ? "" : "-", store::kProperties[one.property], one.value);
    }
    return shown + "| " + read.rest;
  }

  std::int64_t last_id_ = 0;
  ItemColumns columns_;
};

TEST_F(QueryReaderTest, NamesProperties) {
  EXPECT_EQ(read("this but in red"), "primary_color=red | ");
  EXPECT_EQ(read("in LEATHER, please"), "material=leather | ");
  EXPECT_EQ(read("red leather jackets with pockets"),
            "primary_color=red material=leather subcategory=jacket | pockets");
  EXPECT_EQ(read("white"), "secondary_color=white | ") << "no primary colour is white";
  EXPECT_EQ(read("grey trousers"), "primary_color=gray | trousers");
  EXPECT_EQ(read("t shirt"), "subcategory=t-shirt | ");
  EXPECT_EQ(read("tee"), "subcategory=t-shirt | ");
}

TEST_F(QueryReaderTest, ReadsHeads) {
  EXPECT_EQ(read("longer sleeves"), "sleeve_length=long | ");
  EXPECT_EQ(read("short-sleeved"), "| short-sleeved");
  EXPECT_EQ(read("short sleeved"), "sleeve_length=short | ");
  EXPECT_EQ(read("crew neck"), "neckline=crew | ");
  EXPECT_EQ(read("v neck"), "neckline=v-neck | ");
  EXPECT_EQ(read("long"), "garment_length=long | ") << "where it is commonest";
}

TEST_F(QueryReaderTest, ReadsNegation) {
  EXPECT_EQ(read("without stripes"), "-pattern=striped | ");
  EXPECT_EQ(read("jacket, not wool"), "subcategory=jacket -material=wool | ");
  EXPECT_EQ(read("no red or wool"), "-primary_color=red material=wool | ");
  EXPECT_EQ(read("without a hood in red"), "primary_color=red | ")
      << "the unknown word is not looked for either";
}

TEST_F(QueryReaderTest, ReadsPriceAndTextTogether) {
  const ReadText text = make_column_reader(columns_)->read("Red dress under $50 for a party");
  EXPECT_EQ(text.text, "Red dress for a party");
  EXPECT_EQ(text.rest, "party");
  EXPECT_EQ(text.max_price, 50);
  EXPECT_EQ(text.min_price, std::nullopt);
}

TEST_F(QueryReaderTest, ForgetsValuesThatNoItemHas) {
  ASSERT_EQ(read("navy"), "primary_color=navy | ");
  for (std::int64_t id = 1; id <= last_id_; ++id) columns_.remove(std::vector{ItemId{id}});
  EXPECT_EQ(read("navy"), "| navy");
}

TEST_F(QueryReaderTest, TakesAnything) {
  for (const std::string text : {"", " ", "...", "'", "--", "''''", "\"red\" OR 1=1", "👗👗", "大衣 赤",
                                 "пальто", "\xC2\xA0", "not", "not not", "sleeves", "a", "no no no"}) {
    EXPECT_NO_FATAL_FAILURE(read(text)) << text;
  }
  EXPECT_EQ(read("\"red\"; DROP TABLE"), "primary_color=red | DROP TABLE");
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "red jacket ";
  EXPECT_EQ(make_column_reader(columns_)->read(many).properties.size(), 2U);
}

}  // namespace
}  // namespace fit::search
