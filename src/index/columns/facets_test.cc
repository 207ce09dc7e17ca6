#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/format.h"
#include "index/columns/column_store.h"
#include "index/columns/test_items.h"

namespace fit::index {
namespace {

using domain::Facet;
using domain::ItemFilter;
using ::testing::ElementsAre;

domain::FilterColumns colored(std::int64_t id, std::string brand, std::optional<double> price,
                              std::string colour, std::string status = "active") {
  return item_with("primary_color", id, std::move(brand), price, std::move(colour), std::move(status));
}

class FacetsTest : public testing::Test {
 protected:
  FacetsTest() {
    columns_.upsert(std::vector{colored(1, "Gap", 10, "red"), colored(2, "gap", 60, "blue"),
                                colored(5, "Levi's", std::nullopt, "red"), colored(9, "", 200, ""),
                                colored(11, "Gap", 15, "green", "sold")});
  }

  Facet facet(const std::string& name, const ItemFilter& filter = {}) {
    const auto set = columns_.matching(filter);
    return columns_.facets(std::span(&name, 1), set ? &*set : nullptr).at(0);
  }

  static std::string text(const Facet& facet) {
    std::string text;
    for (const auto& one : facet.values) text += fit::format("{} {}, ", one.value, one.count);
    return text + fit::format("others {}, missing {}", facet.others, facet.missing);
  }

  ColumnStore columns_;
};

TEST_F(FacetsTest, CountTheFilteredSet) {
  EXPECT_EQ(text(facet("brand")), "Gap 2, Levi's 1, others 0, missing 1");
  EXPECT_EQ(text(facet("primary_color")), "red 2, blue 1, others 0, missing 1");
  EXPECT_EQ(text(facet("primary_color", {.any_of = {{"brand", {"gap"}}}})),
            "blue 1, red 1, others 0, missing 0");
  EXPECT_EQ(text(facet("primary_color", {.any_of = {{"status", {"sold"}}}})), "green 1, others 0, missing 0");
  EXPECT_EQ(text(facet("season")), "others 0, missing 4");
}

TEST_F(FacetsTest, WithoutASetTheyCountActiveItems) {
  const std::string name = "primary_color";
  EXPECT_EQ(text(columns_.facets(std::span(&name, 1), nullptr).at(0)), "red 2, blue 1, others 0, missing 1");
}

TEST_F(FacetsTest, FollowTheCatalogue) {
  columns_.upsert(std::vector{colored(1, "Zara", 10, "red")});
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
  EXPECT_TRUE(this->facet("price", {.any_of = {{"brand", {"Levi's"}}}}).histogram.empty());
}

TEST(PriceEdges, IncludeBothEnds) {
  EXPECT_THAT(domain::price_edges(0, 0), ElementsAre(0, 1));
  EXPECT_THAT(domain::price_edges(0.5, 1), ElementsAre(0, 1, 2));
  EXPECT_THAT(domain::price_edges(20, 20), ElementsAre(20, 50));
  EXPECT_GT(domain::price_edges(1, std::numeric_limits<double>::max()).size(), 900U);
}

TEST_F(FacetsTest, ManyValuesAreCut) {
  std::vector<domain::FilterColumns> many;
  for (int i = 0; i < 250; ++i) many.push_back(colored(100 + i, fit::format("b{}", i), 1, ""));
  columns_.upsert(many);
  EXPECT_EQ(facet("brand").values.size(), domain::kMaxFacetValues);
  EXPECT_EQ(facet("brand").others, 152U);
}

TEST_F(FacetsTest, NegatedConditionsMatchTheRest) {
  const auto matching = [&](const ItemFilter& filter) { return columns_.matching(filter)->size(); };
  EXPECT_EQ(matching({.none_of = {{"primary_color", {"RED"}}}}), 2U) << "no colour is not red either";
  EXPECT_EQ(matching({.none_of = {{"primary_color", {"red", "blue"}}}}), 1U);
  EXPECT_EQ(matching({.any_of = {{"brand", {"gap", "levi's"}}}, .none_of = {{"brand", {"gap"}}}}), 1U);
  EXPECT_EQ(matching({.none_of = {{"primary_color", {"no such colour"}}}}), 4U);
  EXPECT_EQ(matching({.none_of = {{"status", {"sold"}}}}), 4U);
}

}  // namespace
}  // namespace fit::index
