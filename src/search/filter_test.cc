#include "search/filter.h"

#include <gtest/gtest.h>

namespace fit::search {
namespace {

Result<Filter> parse(std::string_view text) {
  return parse_filter(parse_json("filters", text).value());
}

TEST(Filter, ReadsValuesListsRangesAndTimes) {
  const auto filter = parse(R"({"category":"dress","brand":["Levi's","gap"],"price_range":[50,200],
                                "listed_after":"2026-01-01","status":"sold"})");
  ASSERT_TRUE(filter) << filter.error().describe();
  ASSERT_EQ(filter->any_of.size(), 3U);
  EXPECT_EQ(filter->any_of[1].column, "brand");
  EXPECT_EQ(filter->any_of[1].values, (std::vector<std::string>{"Levi's", "gap"}));
  EXPECT_EQ(filter->min_price, 50);
  EXPECT_EQ(filter->max_price, 200);
  EXPECT_TRUE(filter->listed_after);
}

TEST(Filter, RangesMayBeOpen) {
  const auto filter = parse(R"({"price_range":[null,20.5]})");
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter->min_price, std::nullopt);
  EXPECT_EQ(filter->max_price, 20.5);
  EXPECT_TRUE(parse("{}")->empty());
}

TEST(Filter, EachMistakeNamesItsField) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {R"({"colour":"red"})", "filters.colour"},
      {R"({"category":5})", "filters.category"},
      {R"({"category":""})", "filters.category"},
      {R"({"brand":[]})", "filters.brand"},
      {R"({"brand":["a",null]})", "filters.brand"},
      {R"({"price_range":[200,50]})", "filters.price_range"},
      {R"({"price_range":[-1,50]})", "filters.price_range"},
      {R"({"price_range":["1",50]})", "filters.price_range"},
      {R"({"price_range":[1]})", "filters.price_range"},
      {R"({"price_range":50})", "filters.price_range"},
      {R"({"listed_after":"soon"})", "filters.listed_after"},
      {R"({"listed_after":5})", "filters.listed_after"},
      {R"({"status":"stolen"})", "filters.status"},
      {R"([1])", "filters"}};
  for (const auto& [text, field] : mistakes) {
    const auto filter = parse(text);
    ASSERT_FALSE(filter) << text;
    EXPECT_EQ(filter.error().code, ErrorCode::kInvalid) << text;
    EXPECT_EQ(filter.error().field, field) << text;
  }
}

TEST(Filter, ListsAndTextsAreBounded) {
  Json brands = Json::array();
  for (int i = 0; i < 101; ++i) brands.push_back("b");
  EXPECT_FALSE(parse_filter({{"brand", brands}}));
  EXPECT_FALSE(parse_filter({{"brand", std::string(201, 'x')}}));
  const auto unknown = parse_filter({{std::string(10'000, 'x'), "y"}});
  ASSERT_FALSE(unknown);
  EXPECT_LT(unknown.error().field.size(), 100U);
}

}  // namespace
}  // namespace fit::search
