// One vocabulary for filters and facets, tested in memory and in the database.
#include "search/filter_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "search/facet_counts.h"
#include "search/test_catalogue.h"
#include "search/test_items.h"

namespace fit::search {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FilterWordsContract : public testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    catalogue_ = std::make_unique<TestCatalogue>(GetParam(), "test", kDimensions);
    words_ = std::make_unique<CatalogueWords>(catalogue_->columns().values(), *ontology::Ontology::load());
  }

  // Adds the next item, counted from 1.
  void add(std::string_view property, std::string value) {
    const int number = ++count_;
    domain::ItemWrite item =
        item_with_vector(number, fit::format("item {}", number), catalogue_->space().id, {1, 0, 0, 0});
    item.listing.properties[*domain::property_index(property)] = std::move(value);
    const auto written = catalogue_->store().items().upsert(std::span(&item, 1)).value();
    ids_.push_back(written.front().id);
    catalogue_->catch_up();
  }
  void add_all(std::string_view property, std::initializer_list<std::string_view> values) {
    for (const std::string_view value : values) add(property, std::string(value));
  }

  const ItemColumns& columns() { return catalogue_->columns(); }
  Filter widened(std::string_view conditions) {
    return in_catalogue_words(columns(), *words_, filter(conditions)).value();
  }
  // Returns the numbers of the items that a client's filter finds, in ascending order.
  std::vector<int> found(std::string_view conditions) {
    std::vector<int> numbers;
    const auto selection = columns().select(widened(conditions)).value();
    const auto items = columns().latest(selection, 1000).value();
    for (const ItemId id : items)
      numbers.push_back(1 + static_cast<int>(std::ranges::find(ids_, id) - ids_.begin()));
    std::ranges::reverse(numbers);
    return numbers;
  }
  domain::Facet facet(const std::string& name, std::string_view conditions = "{}") {
    const auto selection = columns().select(widened(conditions)).value();
    return count_facets(columns(), *words_, std::span(&name, 1), selection).value().front();
  }
  static std::string text(const domain::Facet& facet) {
    std::string text;
    for (const auto& one : facet.values) text += fit::format("{} {}, ", one.value, one.count);
    return text + fit::format("others {}, missing {}", facet.others, facet.missing);
  }
  // Expects that each value of the facet finds as many items as it counts.
  void expect_facet_finds_what_it_counts(const std::string& name) {
    for (const auto& one : facet(name).values) {
      const std::string condition = Json({{name, one.value}}).dump();
      EXPECT_EQ(found(condition).size(), one.count) << condition;
      const domain::Facet ticked = facet(name, condition);
      EXPECT_EQ(text(ticked), text(facet(name))) << "the others stay on offer";
    }
  }

  static constexpr int kDimensions = 4;
  std::unique_ptr<TestCatalogue> catalogue_;
  std::unique_ptr<CatalogueWords> words_;
  std::vector<ItemId> ids_;
  int count_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Engines, FilterWordsContract,
                         testing::ValuesIn(store::testing::engines_and_partitions()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(FilterWordsContract, EverySpellingFindsAllOfThem) {
  add_all("subcategory", {"Tshirts", "t-shirt", "tshirts", "T Shirts", "Dresses", "dress", "polo shirt"});
  for (const auto* const one : {"Tshirts", "t-shirt", "TSHIRTS", "T Shirts", "tee"}) {
    EXPECT_THAT(found(fit::format(R"({{"subcategory":"{}"}})", one)), ElementsAre(1, 2, 3, 4)) << one;
  }
  EXPECT_THAT(found(R"({"subcategory":"dresses"})"), ElementsAre(5, 6));
  EXPECT_EQ(text(facet("subcategory")), "t-shirt 4, dress 2, polo shirt 1, others 0, missing 0");
  expect_facet_finds_what_it_counts("subcategory");
}

TEST_P(FilterWordsContract, ColoursOfBothKindsAreOne) {
  add_all("primary_color", {"grey", "Gray", "gray", "Navy Blue"});
  add_all("secondary_color", {"Grey", "gray"});
  EXPECT_THAT(found(R"({"primary_color":"GREY"})"), ElementsAre(1, 2, 3));
  EXPECT_THAT(found(R"({"primary_color":"navy"})"), ElementsAre(4));
  EXPECT_THAT(found(R"({"secondary_color":"gray"})"), ElementsAre(5, 6));
  EXPECT_EQ(text(facet("primary_color")), "gray 3, navy 1, others 0, missing 2");
  expect_facet_finds_what_it_counts("primary_color");
  expect_facet_finds_what_it_counts("secondary_color");
}

TEST_P(FilterWordsContract, ACategoryHasItsSubcategories) {
  add_all("category", {"pants", "Bottoms", "bottomwear", "Jeans", "Tshirts", "t-shirt", "dress", "Dresses",
                       "dresses", "Jumpsuits", "tops"});
  EXPECT_THAT(found(R"({"category":"bottoms"})"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(found(R"({"category":"Pants"})"), ElementsAre(1));
  EXPECT_THAT(found(R"({"category":"trousers"})"), ElementsAre(1));
  EXPECT_THAT(found(R"({"category":"tee"})"), ElementsAre(5, 6));
  EXPECT_THAT(found(R"({"category":"Dress"})"), ElementsAre(7, 8, 9));
  EXPECT_THAT(found(R"({"category":"dresses"})"), ElementsAre(7, 8, 9, 10));
  EXPECT_EQ(text(facet("category")), "bottoms 4, dresses 4, tops 3, others 0, missing 0");
  expect_facet_finds_what_it_counts("category");
}

TEST_P(FilterWordsContract, ExclusionsLeaveOutEverySpelling) {
  add_all("category", {"pants", "Bottoms", "Tshirts", ""});
  EXPECT_THAT(found(R"({"category":{"not":"bottoms"}})"), ElementsAre(3, 4));
  EXPECT_THAT(found(R"({"category":{"not":["tee","Trousers"]}})"), ElementsAre(2, 4));
  EXPECT_THAT(found(R"({"category":{"any":"bottoms","not":"trousers"}})"), ElementsAre(2));
  EXPECT_THAT(columns().explain_empty(widened(R"({"category":{"any":"pants","not":"trousers"}})")).value(),
              HasSubstr("category contradict"));
}

TEST_P(FilterWordsContract, UnknownWordsAreComparedAsTheyAre) {
  add_all("category", {"Water Bottle", "water bottle", "Water Bottles", "pants"});
  EXPECT_THAT(found(R"({"category":"WATER BOTTLE"})"), ElementsAre(1, 2));
  EXPECT_EQ(text(facet("category")), "Water Bottle 2, Water Bottles 1, bottoms 1, others 0, missing 0");
  expect_facet_finds_what_it_counts("category");
  EXPECT_THAT(found(R"({"category":"bottle"})"), IsEmpty());
  EXPECT_EQ(columns().explain_empty(widened(R"({"category":"watter bottle"})")).value(),
            "no item has the category \"watter bottle\"; did you mean \"Water Bottle\"?");
}

TEST_P(FilterWordsContract, ANewSpellingIsFoundAtOnce) {
  add("category", "t-shirt");
  EXPECT_THAT(found(R"({"category":"tops"})"), ElementsAre(1));
  add("category", "T Shirts");
  EXPECT_THAT(found(R"({"category":"tops"})"), ElementsAre(1, 2));
  add("category", "Tee Shirt");
  EXPECT_THAT(found(R"({"category":"t-shirts"})"), ElementsAre(1, 2, 3));
  add("category", "Pashminas");
  EXPECT_THAT(found(R"({"category":"pashminas"})"), ElementsAre(4));
}

// Rare spellings beyond the listed values count too.
TEST_P(FilterWordsContract, CountsEverySpellingOfManyValues) {
  for (int i = 0; i < 120; ++i) add_all("material", {fit::format("mix {}", i), fit::format("Mix {}", i)});
  add_all("material", {"Woollen"});
  add_all("material", {"wool"});
  add_all("material", {"merino"});
  const domain::Facet counted = facet("material");
  ASSERT_EQ(counted.values.size(), domain::kMaxFacetValues);
  EXPECT_EQ(counted.values.front().value, "wool");
  EXPECT_EQ(counted.values.front().count, 3U);
  EXPECT_EQ(counted.others, 2U * (120 - 99));
}

TEST_P(FilterWordsContract, ColumnsOfListingsStayAsTheyAre) {
  const Filter plain = filter(R"({"brand":"tshirts","size":"gray","price_range":[1,2]})");
  const Filter same = in_catalogue_words(columns(), *words_, plain).value();
  EXPECT_THAT(same.any_of.at(0).values, ElementsAre("tshirts"));
  EXPECT_THAT(same.any_of.at(1).values, ElementsAre("gray"));
}

}  // namespace
}  // namespace fit::search
