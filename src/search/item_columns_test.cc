#include "search/item_columns.h"

#include <gtest/gtest.h>

#include <random>

#include "base/format.h"
#include "search/test_items.h"

namespace fit::search {
namespace {

domain::FilterColumns facts(std::int64_t id, std::string brand, std::optional<double> price,
                            std::string category, std::string status = "active") {
  return facts_with("category", id, std::move(brand), price, std::move(category), std::move(status));
}

std::vector<std::int64_t> ids(const std::optional<index::ItemSet>& set) {
  std::vector<std::int64_t> found;
  for (std::int64_t id = 0; set && id < 1000; ++id) {
    if (set->contains(ItemId{id})) found.push_back(id);
  }
  return found;
}

class ItemColumnsTest : public testing::Test {
 protected:
  ItemColumnsTest() {
    columns_.upsert(std::vector{facts(1, "Gap", 10, "dress"), facts(2, "Levi's", 60, "bottoms"),
                                facts(5, "gap", std::nullopt, "dress"), facts(9, "", 200, "")});
  }
  ItemColumns columns_;
};

TEST_F(ItemColumnsTest, WithoutConditionsEverythingMatches) {
  EXPECT_EQ(columns_.matching({}), std::nullopt);
}

TEST_F(ItemColumnsTest, ComparesWithoutLetterCase) {
  EXPECT_EQ(ids(columns_.matching(filter(R"({"brand":"GAP"})"))), (std::vector<std::int64_t>{1, 5}));
}

TEST_F(ItemColumnsTest, AllConditionsMustHold) {
  EXPECT_EQ(ids(columns_.matching(filter(R"({"brand":["gap","levi's"],"price_range":[5,100]})"))),
            (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(columns_.matching(filter(R"({"brand":"gap","category":"bottoms"})"))->size(), 0U);
  EXPECT_EQ(columns_.matching(filter(R"({"brand":"nobody"})"))->size(), 0U);
}

TEST_F(ItemColumnsTest, AnItemWithoutPriceMatchesNoPriceRange) {
  EXPECT_EQ(ids(columns_.matching(filter(R"({"price_range":[null,null],"brand":"gap"})"))),
            (std::vector<std::int64_t>{1, 5}));
  EXPECT_EQ(ids(columns_.matching(filter(R"({"price_range":[0,null],"brand":"gap"})"))),
            (std::vector<std::int64_t>{1}));
}

TEST_F(ItemColumnsTest, FreshnessHalvesEveryThirtyDays) {
  auto old = facts(1, "Gap", 10, "dress");
  old.listed_at = *parse_rfc3339("t", "2026-01-01");
  auto newest = facts(2, "Gap", 10, "dress");
  newest.listed_at = *parse_rfc3339("t", "2026-01-31");
  columns_.upsert(std::vector{old, newest});
  const auto fresh = columns_.freshness(std::vector{ItemId{1}, ItemId{2}, ItemId{5}, ItemId{777}});
  EXPECT_EQ(fresh, (std::vector<double>{0.5, 1, 0, 0}));
}

TEST_F(ItemColumnsTest, SoldItemsAreLeftOutUnlessAskedFor) {
  columns_.upsert(std::vector{facts(2, "Levi's", 60, "bottoms", "sold")});
  EXPECT_EQ(ids(columns_.matching({})), (std::vector<std::int64_t>{1, 5, 9}));
  EXPECT_EQ(ids(columns_.matching(filter(R"({"status":"sold"})"))), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(columns_.matching(filter(R"({"status":["sold","active"]})"))->size(), 4U);
  columns_.remove(std::vector{ItemId{2}});
  EXPECT_EQ(columns_.matching({}), std::nullopt) << "no inactive item is left";
  EXPECT_EQ(columns_.size(), 3U);
}

TEST_F(ItemColumnsTest, AgreesWithAPlainLoopOnRandomItems) {
  std::mt19937 random(7);
  std::vector<domain::FilterColumns> items;
  for (std::int64_t id = 1; id < 500; ++id) {
    items.push_back(facts(id, fit::format("b{}", random() % 5), static_cast<double>(random() % 100),
                          random() % 2 ? "dress" : "tops", random() % 10 ? "active" : "sold"));
  }
  ItemColumns columns;
  columns.upsert(items);
  for (int round = 0; round < 50; ++round) {
    const auto low = static_cast<double>(random() % 100);
    const auto high = low + static_cast<double>(random() % 50);
    const std::string brand = fit::format("b{}", random() % 6);
    Filter wanted;
    wanted.any_of = {{"brand", {brand}}, {"category", {"dress"}}};
    wanted.min_price = low;
    wanted.max_price = high;
    std::vector<std::int64_t> expected;
    for (const auto& item : items) {
      if (item.brand == brand && item.properties[0] == "dress" && item.status == "active" &&
          *item.price >= low && *item.price <= high) {
        expected.push_back(item.id.value);
      }
    }
    EXPECT_EQ(ids(columns.matching(wanted)), expected);
    wanted.any_of[0].values.emplace_back("b0");
    wanted.none_of = {{"category", {"tops", "unheard of"}}};
    for (const auto& item : items) {
      if (brand != "b0" && item.brand == "b0" && item.properties[0] == "dress" && item.status == "active" &&
          *item.price >= low && *item.price <= high) {
        expected.push_back(item.id.value);
      }
    }
    std::ranges::sort(expected);
    EXPECT_EQ(ids(columns.matching(wanted)), expected);
  }
}

}  // namespace
}  // namespace fit::search
