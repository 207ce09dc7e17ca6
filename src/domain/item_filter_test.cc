#include "domain/item_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace fit::domain {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

ItemFilter with_status(std::vector<std::string> values) {
  return {.any_of = {{"status", std::move(values)}}};
}

std::vector<std::string> columns_of(const std::vector<ValueSet>& conditions) {
  std::vector<std::string> columns;
  for (const ValueSet& one : conditions) columns.push_back(one.column);
  return columns;
}

TEST(ItemFilter, BothHasTheConditionsOfBoth) {
  const ItemFilter one{.any_of = {{"brand", {"gap", "levi"}}}, .none_of = {{"size", {"m"}}}};
  const ItemFilter other{.any_of = {{"brand", {"gap"}}}, .none_of = {{"category", {"tops"}}}};
  const ItemFilter joined = both(one, other);
  EXPECT_THAT(columns_of(joined.any_of), ElementsAre("brand", "brand"));
  EXPECT_THAT(columns_of(joined.none_of), ElementsAre("size", "category"));
  EXPECT_TRUE(both({}, {}).empty());
}

TEST(ItemFilter, BothTakesTheTighterBounds) {
  const Timestamp early(std::chrono::microseconds(1));
  const Timestamp late(std::chrono::microseconds(2));
  const ItemFilter one{.min_price = 10, .max_price = 50, .listed_after = late};
  const ItemFilter other{.min_price = 5, .max_price = 20, .listed_after = early};
  for (const ItemFilter& joined : {both(one, other), both(other, one)}) {
    EXPECT_THAT(joined.min_price, Optional(10));
    EXPECT_THAT(joined.max_price, Optional(20));
    EXPECT_EQ(joined.listed_after, late);
  }
  EXPECT_THAT(both(one, {}).max_price, Optional(50));
  EXPECT_THAT(both({}, one).max_price, Optional(50));
}

TEST(ItemFilter, ListsWithoutACommonValueSelectNoItem) {
  const ItemFilter euros{.currencies = {"EUR", "USD"}};
  EXPECT_THAT(both(euros, {.currencies = {"USD", "GBP"}}).currencies, ElementsAre("USD"));
  EXPECT_FALSE(both(euros, {.currencies = {"USD"}}).among);
  EXPECT_THAT(both(euros, {.currencies = {"GBP"}}).among, Optional(IsEmpty()));
  EXPECT_THAT(both({}, euros).currencies, ElementsAre("EUR", "USD"));
  const ItemFilter first{.external_ids = {"a", "b"}, .among = std::vector{ItemId{1}, ItemId{2}}};
  const ItemFilter second{.external_ids = {"b"}, .among = std::vector{ItemId{2}, ItemId{3}}};
  EXPECT_THAT(both(first, second).external_ids, ElementsAre("b"));
  EXPECT_THAT(both(first, second).among, Optional(ElementsAre(ItemId{2})));
  EXPECT_THAT(both(first, {.external_ids = {"c"}}).among, Optional(IsEmpty()));
  EXPECT_THAT(both({}, second).among, Optional(ElementsAre(ItemId{2}, ItemId{3})));
}

TEST(ItemFilter, KeepAmongLimitsTheItemsAndNothingElse) {
  ItemFilter filter = with_status({"sold"});
  keep_among(filter, std::nullopt);
  EXPECT_FALSE(filter.among);
  keep_among(filter, std::vector{ItemId{1}, ItemId{2}});
  EXPECT_THAT(filter.among, Optional(ElementsAre(ItemId{1}, ItemId{2})));
  keep_among(filter, std::vector{ItemId{3}, ItemId{2}});
  EXPECT_THAT(filter.among, Optional(ElementsAre(ItemId{2})));
  keep_among(filter, std::nullopt);
  EXPECT_THAT(filter.among, Optional(ElementsAre(ItemId{2})));
  keep_among(filter, std::vector{ItemId{4}});
  EXPECT_THAT(filter.among, Optional(IsEmpty()));
  EXPECT_THAT(columns_of(filter.any_of), ElementsAre("status")) << "no other condition is added";
}

TEST(ItemFilter, RangesOfOneCurrencyAreTightened) {
  const ItemFilter one{
      .price_in = {{.currency = "EUR", .max = 50}},
      .converted = std::vector<PriceRange>{{.currency = "EUR", .max = 50}, {.currency = "USD", .max = 54}}};
  const ItemFilter other{.price_in = {{.currency = "USD", .min = 10, .max = 60}},
                         .converted = std::vector<PriceRange>{{.currency = "USD", .min = 10, .max = 60},
                                                              {.currency = "GBP", .min = 8, .max = 48}}};
  const ItemFilter joined = both(one, other);
  EXPECT_EQ(joined.price_in.size(), 2U);
  ASSERT_EQ(joined.converted.value().size(), 1U);
  EXPECT_EQ(joined.converted->front().currency, "USD");
  EXPECT_THAT(joined.converted->front().min, Optional(10));
  EXPECT_THAT(joined.converted->front().max, Optional(54));
  EXPECT_EQ(both(one, {}).converted.value().size(), 2U);
  EXPECT_THAT(common_ranges({{.currency = "EUR", .max = 5}}, {{.currency = "USD", .max = 5}}), IsEmpty());
  EXPECT_FALSE(one.empty());
  EXPECT_FALSE((ItemFilter{.converted = std::vector<PriceRange>{}}).empty());
}

// A filter that does not name the status stays one of active items beside one that does.
TEST(ItemFilter, BothKeepsTheMeaningOfNoStatus) {
  const ItemFilter brand{.any_of = {{"brand", {"gap"}}}};
  EXPECT_FALSE(both(brand, brand).has_condition_on("status"));
  for (const ItemFilter& joined : {both(brand, with_status({"sold"})), both(with_status({"sold"}), brand)}) {
    EXPECT_EQ(std::ranges::count(joined.any_of, "status", &ValueSet::column), 2);
    EXPECT_THAT(joined.any_of.back().values, ElementsAre("active"));
  }
  EXPECT_THAT(columns_of(both(with_status({"active"}), with_status({"sold", "active"})).any_of),
              ElementsAre("status", "status"));
  const ItemFilter not_sold{.none_of = {{"status", {"sold"}}}};
  EXPECT_THAT(both({}, not_sold).any_of.at(0).values, ElementsAre("active"));
}

}  // namespace
}  // namespace fit::domain
