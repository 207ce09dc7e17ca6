#include "index/columns/column_store.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/format.h"
#include "index/columns/test_items.h"

namespace fit::index {
namespace {

using domain::ItemFilter;

domain::FilterColumns item(std::int64_t id, std::string brand, std::optional<double> price,
                           std::string category, std::string status = "active") {
  return item_with("category", id, std::move(brand), price, std::move(category), std::move(status));
}

std::vector<std::int64_t> ids(const std::optional<ItemSet>& set) {
  std::vector<std::int64_t> found;
  for (std::int64_t id = 0; set && id < 1000; ++id) {
    if (set->contains(ItemId{id})) found.push_back(id);
  }
  return found;
}

class ColumnStoreTest : public testing::Test {
 protected:
  ColumnStoreTest() {
    columns_.upsert(std::vector{item(1, "Gap", 10, "dress"), item(2, "Levi's", 60, "bottoms"),
                                item(5, "gap", std::nullopt, "dress"), item(9, "", 200, "")});
  }
  ColumnStore columns_;
};

TEST_F(ColumnStoreTest, WithoutConditionsEverythingMatches) {
  EXPECT_EQ(columns_.matching({}), std::nullopt);
}

TEST_F(ColumnStoreTest, ComparesWithoutLetterCase) {
  EXPECT_EQ(ids(columns_.matching({.any_of = {{"brand", {"GAP"}}}})), (std::vector<std::int64_t>{1, 5}));
}

TEST_F(ColumnStoreTest, AllConditionsMustHold) {
  EXPECT_EQ(
      ids(columns_.matching({.any_of = {{"brand", {"gap", "levi's"}}}, .min_price = 5, .max_price = 100})),
      (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(columns_.matching({.any_of = {{"brand", {"gap"}}, {"category", {"bottoms"}}}})->size(), 0U);
  EXPECT_EQ(columns_.matching({.any_of = {{"brand", {"nobody"}}}})->size(), 0U);
  EXPECT_EQ(columns_.matching({.any_of = {{"no such column", {"x"}}}})->size(), 0U);
}

TEST_F(ColumnStoreTest, EachCurrencyHasItsRange) {
  std::vector<domain::FilterColumns> priced = {item(20, "a", 50, ""), item(21, "b", 50, ""),
                                               item(22, "c", 50, ""), item(23, "d", 60, ""),
                                               item(24, "e", std::nullopt, "")};
  for (domain::FilterColumns& one : priced) one.currency = "EUR";
  priced[1].currency = "USD";
  priced[2].currency = "";
  columns_.upsert(priced);
  const auto matching = [this](std::vector<domain::PriceRange> ranges) {
    return ids(columns_.matching({.converted = std::move(ranges)}));
  };
  EXPECT_EQ(matching({{.currency = "EUR", .max = 55}, {.currency = "USD", .min = 40, .max = 50}}),
            (std::vector<std::int64_t>{20, 21}));
  EXPECT_EQ(matching({{.currency = "EUR", .min = 55}, {.currency = "CHF", .min = 1}}),
            (std::vector<std::int64_t>{23}));
  EXPECT_EQ(matching({}), std::vector<std::int64_t>{});
}

TEST_F(ColumnStoreTest, AnItemWithoutPriceMatchesNoPriceRange) {
  EXPECT_EQ(ids(columns_.matching({.any_of = {{"brand", {"gap"}}}})), (std::vector<std::int64_t>{1, 5}));
  EXPECT_EQ(ids(columns_.matching({.any_of = {{"brand", {"gap"}}}, .min_price = 0})),
            (std::vector<std::int64_t>{1}));
}

TEST_F(ColumnStoreTest, InactiveItemsMatchOnlyAConditionOnTheStatus) {
  columns_.upsert(std::vector{item(2, "Levi's", 60, "bottoms", "sold")});
  EXPECT_EQ(ids(columns_.matching({})), (std::vector<std::int64_t>{1, 5, 9}));
  EXPECT_EQ(ids(columns_.matching({.any_of = {{"status", {"sold"}}}})), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(columns_.matching({.any_of = {{"status", {"sold", "active"}}}})->size(), 4U);
  EXPECT_EQ(columns_.latest(nullptr, 2), (std::vector{ItemId{9}, ItemId{5}}));
  columns_.remove(std::vector{ItemId{2}});
  EXPECT_EQ(columns_.matching({}), std::nullopt) << "no inactive item is left";
  EXPECT_EQ(columns_.size(), 3U);
}

TEST_F(ColumnStoreTest, TheLatestItemsHaveTheLargestIds) {
  const ItemSet some(std::vector{ItemId{1}, ItemId{2}, ItemId{5}, ItemId{777}});
  EXPECT_EQ(columns_.latest(nullptr, 10), (std::vector{ItemId{9}, ItemId{5}, ItemId{2}, ItemId{1}}));
  EXPECT_EQ(columns_.latest(&some, 2), (std::vector{ItemId{5}, ItemId{2}}));
  EXPECT_TRUE(columns_.latest(nullptr, 0).empty());
}

TEST_F(ColumnStoreTest, ARemovedItemHasNoValuesAnyMore) {
  columns_.remove(std::vector{ItemId{2}, ItemId{2}, ItemId{12345}, ItemId{-1}});
  EXPECT_EQ(columns_.size(), 3U);
  EXPECT_FALSE(columns_.has_value({"brand", {"levi's"}}));
  EXPECT_EQ(columns_.texts(*domain::text_column("category"), std::vector{ItemId{2}, ItemId{1}}),
            (std::vector<std::string>{"", "dress"}));
  EXPECT_EQ(columns_.values_of("brand"), (std::vector<std::string>{"Gap"}));
}

TEST_F(ColumnStoreTest, ListingTimesAreExact) {
  const Timestamp whole = *parse_rfc3339("t", "2026-01-01");
  for (const Timestamp other : {whole + std::chrono::seconds(7), whole + std::chrono::microseconds(7),
                                Timestamp(std::chrono::microseconds(-5))}) {
    ColumnStore columns;
    auto first = item(1, "Gap", 10, "dress");
    first.listed_at = whole;
    auto second = item(2, "Gap", 10, "dress");
    second.listed_at = other;
    columns.upsert(std::vector{first, second, item(3, "Gap", 10, "dress")});
    const auto found = columns.listing_times(std::vector{ItemId{1}, ItemId{2}, ItemId{3}, ItemId{777}});
    EXPECT_EQ(found, (std::vector<std::optional<Timestamp>>{whole, other, {}, {}}));
    EXPECT_EQ(ids(columns.matching({.listed_after = other})),
              other < whole ? (std::vector<std::int64_t>{1, 2}) : std::vector<std::int64_t>{2});
  }
}

// Prices that are whole cents and prices that are not, which widen the column.
TEST(ColumnStore, PricesAreExact) {
  std::mt19937 random(5);
  std::vector<domain::FilterColumns> items;
  const auto check = [&](ColumnStore& columns) {
    columns.upsert(items);
    for (int round = 0; round < 200; ++round) {
      const double low = *items[random() % items.size()].price;
      const double high = *items[random() % items.size()].price;
      const auto found = columns.matching({.min_price = low, .max_price = high});
      for (const auto& one : items)
        ASSERT_EQ(found->contains(one.id), *one.price >= low && *one.price <= high) << *one.price;
      const double above = std::nextafter(low, std::numeric_limits<double>::infinity());
      ASSERT_EQ(ids(columns.matching({.min_price = above, .max_price = low})), std::vector<std::int64_t>{});
    }
  };
  for (std::int64_t id = 1; id < 300; ++id)
    items.push_back(item(id, "Gap", static_cast<double>(random() % 500'000) / 100, ""));
  ColumnStore columns;
  check(columns);
  items.push_back(item(300, "Gap", 42'949'672.95, ""));
  items.push_back(item(301, "Gap", 0.005, ""));
  items.push_back(item(302, "Gap", 1e300, ""));
  check(columns);
  const std::string name = "price";
  EXPECT_EQ(columns.facets(std::span(&name, 1), nullptr).front().highest, 1e300);
}

TEST(ColumnStore, CodesWidenWithTheirDictionary) {
  ColumnStore columns;
  for (std::int64_t id = 1; id <= 70'000; id += id < 300 ? 1 : 100) {
    std::vector<domain::FilterColumns> items;
    for (std::int64_t i = id; i < id + (id < 300 ? 1 : 100); ++i)
      items.push_back(item(i, fit::format("Brand {}", i), 1, "dress"));
    columns.upsert(items);
  }
  for (const std::int64_t id : {1, 255, 256, 257, 65'535, 65'536, 65'537}) {
    const auto found = columns.matching({.any_of = {{"brand", {fit::format("brand {}", id)}}}});
    EXPECT_EQ(found->size(), 1U) << id;
    EXPECT_TRUE(found->contains(ItemId{id})) << id;
  }
}

TEST(ColumnStore, AgreesWithAPlainLoopOnRandomItems) {
  std::mt19937 random(7);
  std::vector<domain::FilterColumns> items;
  for (std::int64_t id = 1; id < 500; ++id) {
    items.push_back(item(id, fit::format("b{}", random() % 5), static_cast<double>(random() % 100),
                         random() % 2 ? "dress" : "tops", random() % 10 ? "active" : "sold"));
  }
  ColumnStore columns;
  columns.upsert(items);
  for (int round = 0; round < 50; ++round) {
    const auto low = static_cast<double>(random() % 100);
    const auto high = low + static_cast<double>(random() % 50);
    const std::string brand = fit::format("b{}", random() % 6);
    ItemFilter wanted;
    wanted.any_of = {{"brand", {brand}}, {"category", {"dress"}}};
    wanted.min_price = low;
    wanted.max_price = high;
    std::vector<std::int64_t> expected;
    for (const auto& one : items) {
      if (one.brand == brand && one.properties[0] == "dress" && one.status == "active" && *one.price >= low &&
          *one.price <= high) {
        expected.push_back(one.id.value);
      }
    }
    EXPECT_EQ(ids(columns.matching(wanted)), expected);
    wanted.any_of[0].values.emplace_back("b0");
    wanted.none_of = {{"category", {"tops", "unheard of"}}};
    for (const auto& one : items) {
      if (brand != "b0" && one.brand == "b0" && one.properties[0] == "dress" && one.status == "active" &&
          *one.price >= low && *one.price <= high) {
        expected.push_back(one.id.value);
      }
    }
    std::ranges::sort(expected);
    EXPECT_EQ(ids(columns.matching(wanted)), expected);
  }
}

TEST(ColumnStore, AnItemTakesAtMost48Bytes) {
  constexpr std::int64_t kItems = 100'000;
  std::mt19937 random(9);
  ColumnStore columns;
  std::vector<domain::FilterColumns> items;
  for (std::int64_t id = 1; id <= kItems; ++id) {
    auto one = item(id, fit::format("Brand {}", random() % 3000),
                    static_cast<double>(random() % 50'000) / 100, "dress");
    one.listed_at = Timestamp(std::chrono::seconds(1'700'000'000 + random() % 10'000'000));
    items.push_back(std::move(one));
    if (items.size() == 1000) columns.upsert(std::exchange(items, {}));
  }
  EXPECT_LE(columns.memory_bytes(), 48U * kItems);
}

}  // namespace
}  // namespace fit::index
