#include "search/facets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "search/item_columns.h"
#include "search/test_items.h"

namespace fit::search {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

domain::FilterColumns facts(std::int64_t id, std::string brand, std::optional<double> price,
                            std::string colour, std::string status = "active") {
  return facts_with("primary_color", id, std::move(brand), price, std::move(colour), std::move(status));
}

class FacetsTest : public testing::Test {
 protected:
  FacetsTest() {
    columns_.upsert(std::vector{facts(1, "Gap", 10, "red"), facts(2, "gap", 60, "blue"),
                                facts(5, "Levi's", std::nullopt, "red"), facts(9, "", 200, ""),
                                facts(11, "Gap", 15, "green", "sold")});
  }

  Facet facet(const std::string& name, std::string_view conditions = "{}") {
    const auto set = columns_.matching(filter(conditions));
    return columns_.facets(std::span(&name, 1), set ? &*set : nullptr).at(0);
  }

  static std::string text(const Facet& facet) {
    std::string text;
    for (const auto& one : facet.values) text += fit::format("{} {}, ", one.value, one.count);
    return text + fit::format("others {}, missing {}", facet.others, facet.missing);
  }

  ItemColumns columns_;
};

TEST_F(FacetsTest, CountTheFilteredSet) {
  EXPECT_EQ(text(facet("brand")), "Gap 2, Levi's 1, others 0, missing 1");
  EXPECT_EQ(text(facet("primary_color")), "red 2, blue 1, others 0, missing 1");
  EXPECT_EQ(text(facet("primary_color", R"({"brand":"gap"})")), "blue 1, red 1, others 0, missing 0");
  EXPECT_EQ(text(facet("primary_color", R"({"status":"sold"})")), "green 1, others 0, missing 0");
  EXPECT_EQ(text(facet("season")), "others 0, missing 4");
}

TEST_F(FacetsTest, FollowTheCatalogue) {
  columns_.upsert(std::vector{facts(1, "Zara", 10, "red")});
  columns_.remove(std::vector{ItemId{2}, ItemId{11}});
  EXPECT_EQ(text(facet("brand")), "Levi's 1, Zara 1, others 0, missing 1");
}

TEST_F(FacetsTest, PricesAreAHistogram) {
  const Facet facet = this->facet("price");
  EXPECT_EQ(facet.lowest, 10);
  EXPECT_EQ(facet.highest, 200);
  EXPECT_EQ(facet.missing, 1U);
  std::string buckets;
  for (const auto& one : facet.histogram) buckets += fit::format("{}-{}: {}; ", one.from, one.to, one.count);
  EXPECT_EQ(buckets, "10-20: 1; 20-50: 0; 50-100: 1; 100-200: 0; 200-500: 1; ");
  EXPECT_TRUE(this->facet("price", R"({"brand":"Levi's"})").histogram.empty());
}

TEST(PriceEdges, HoldTheirEnds) {
  EXPECT_THAT(price_edges(0, 0), ElementsAre(0, 1));
  EXPECT_THAT(price_edges(0.5, 1), ElementsAre(0, 1, 2));
  EXPECT_THAT(price_edges(20, 20), ElementsAre(20, 50));
  EXPECT_GT(price_edges(1, std::numeric_limits<double>::max()).size(), 900U);
}

TEST_F(FacetsTest, ManyValuesAreCut) {
  std::vector<domain::FilterColumns> many;
  for (int i = 0; i < 250; ++i) many.push_back(facts(100 + i, fit::format("b{}", i), 1, ""));
  columns_.upsert(many);
  EXPECT_EQ(facet("brand").values.size(), kMaxFacetValues);
  EXPECT_EQ(facet("brand").others, 152U);
}

TEST_F(FacetsTest, AnEmptyPageHasAReason) {
  const auto why = [&](std::string_view text) { return columns_.why_nothing_matches(filter(text)); };
  EXPECT_EQ(why(R"({"primary_color":"redd"})"),
            "no item has the primary_color \"redd\"; did you mean \"red\"?");
  EXPECT_EQ(why(R"({"brand":["xyzzy","plugh"]})"),
            "no item has the brand \"xyzzy\" or another of the values asked for");
  EXPECT_THAT(why(R"({"brand":{"any":"gap","not":"GAP"}})"), HasSubstr("brand contradict"));
  EXPECT_THAT(why(R"({"price_range":[300,400]})"), HasSubstr("price_range"));
  EXPECT_THAT(why(R"({"listed_after":"2026-01-01"})"), HasSubstr("listed_after"));
  EXPECT_THAT(why(R"({"brand":"Levi's","primary_color":"blue"})"), HasSubstr("together"));
  EXPECT_THAT(ItemColumns().why_nothing_matches({}), HasSubstr("empty"));
}

TEST_F(FacetsTest, NotLeavesTheRest) {
  const auto matching = [&](std::string_view text) { return columns_.matching(filter(text))->size(); };
  EXPECT_EQ(matching(R"({"primary_color":{"not":"RED"}})"), 2U) << "no colour is not red either";
  EXPECT_EQ(matching(R"({"primary_color":{"not":["red","blue"]}})"), 1U);
  EXPECT_EQ(matching(R"({"brand":{"any":["gap","levi's"],"not":"gap"}})"), 1U);
  EXPECT_EQ(matching(R"({"primary_color":{"not":"no such colour"}})"), 4U);
  EXPECT_EQ(matching(R"({"status":{"not":"sold"}})"), 4U);
}

}  // namespace
}  // namespace fit::search
