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

TEST(Filter, ARangeMayHaveACurrency) {
  const auto filter = parse(R"({"price_range":{"min":5,"max":20,"currency":"eur"}})");
  ASSERT_TRUE(filter) << filter.error().describe();
  ASSERT_EQ(filter->price_in.size(), 1U);
  EXPECT_EQ(filter->price_in[0].currency, "EUR");
  EXPECT_EQ(filter->price_in[0].min, 5);
  EXPECT_EQ(filter->price_in[0].max, 20);
  EXPECT_FALSE(filter->min_price);
  EXPECT_FALSE(filter->max_price);
  EXPECT_FALSE(filter->empty());
  EXPECT_EQ(parse(R"({"price_range":{"max":20,"currency":"USD","min":null}})")->price_in[0].min,
            std::nullopt);
  EXPECT_TRUE(parse(R"({"price_range":{"max":20},"currency":"EUR"})")->price_in.empty())
      << "the filter of this name selects items of the currency";
}

TEST(Filter, ReadsNegatedConditions) {
  const auto filter = parse(
      R"({"primary_color":{"not":"red"},"brand":{"any":["a","b"],"not":["c"]},"price_range":{"max":20}})");
  ASSERT_TRUE(filter) << filter.error().describe();
  ASSERT_EQ(filter->none_of.size(), 2U);
  EXPECT_EQ(filter->none_of[0].column, "primary_color");
  EXPECT_EQ(filter->none_of[1].values, (std::vector<std::string>{"c"}));
  ASSERT_EQ(filter->any_of.size(), 1U);
  EXPECT_EQ(filter->min_price, std::nullopt);
  EXPECT_EQ(filter->max_price, 20);
}

TEST(Filter, SuggestsTheNearestName) {
  EXPECT_NE(parse(R"({"primary_colour":"red"})").error().message.find("did you mean primary_color?"),
            std::string::npos);
  EXPECT_NE(parse(R"({"Brnad":"x"})").error().message.find("did you mean brand?"), std::string::npos);
  EXPECT_EQ(parse(R"({"quixotic":"x"})").error().message.find("did you mean"), std::string::npos);
  const auto facets = parse_facets(Json::array({"categry"}));
  ASSERT_FALSE(facets);
  EXPECT_EQ(facets.error().field, "facets");
  EXPECT_NE(facets.error().message.find("did you mean category?"), std::string::npos);
  EXPECT_FALSE(parse_facets(Json::array({"brand", "brand"})));
  EXPECT_FALSE(parse_facets(Json::array({5})));
  EXPECT_FALSE(parse_facets("brand"));
  EXPECT_EQ(parse_facets(Json::array({"brand", "price", "fit"}))->size(), 3U);
}

TEST(Filter, ErrorsNameTheField) {
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
      {R"({"status":{"not":"stolen"}})", "filters.status"},
      {R"({"brand":{}})", "filters.brand"},
      {R"({"brand":{"not":[]}})", "filters.brand"},
      {R"({"brand":{"not":{"not":"a"}}})", "filters.brand"},
      {R"({"brand":{"but":"a"}})", "filters.brand"},
      {R"({"brand":"a\u0000b"})", "filters.brand"},
      {R"({"brand":"a\u0085b"})", "filters.brand"},
      {R"({"price_range":{"min":5,"max":2}})", "filters.price_range"},
      {R"({"price_range":{"above":5}})", "filters.price_range"},
      {R"({"price_range":{}})", "filters.price_range"},
      {R"({"price_range":{"currency":"EUR"}})", "filters.price_range"},
      {R"({"price_range":{"currency":"EUR","min":null}})", "filters.price_range"},
      {R"({"price_range":{"currency":"EURO","max":5}})", "filters.price_range"},
      {R"({"price_range":{"currency":["EUR"],"max":5}})", "filters.price_range"},
      {R"({"price_range":{"currency":"EUR","min":9,"max":5}})", "filters.price_range"},
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
