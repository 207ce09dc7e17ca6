#include "http/caller_view.h"

#include <gtest/gtest.h>

#include <set>

#include "search/result_views.h"

namespace fit::http {
namespace {

Principal caller_without(const std::vector<std::string>& fields, std::size_t max_limit = 0) {
  Principal caller;
  caller.max_limit = max_limit;
  if (!fields.empty()) caller.excluded_fields = std::make_shared<const std::vector<std::string>>(fields);
  return caller;
}

std::string refused_field(const std::string& body, const Principal& caller) {
  auto parsed = parse_search_json(body, SearchForm::kAny, 1000);
  if (!parsed) return "not parsed: " + parsed.error().describe();
  const auto narrowed = narrow(*parsed, caller);
  if (narrowed) return {};
  EXPECT_EQ(narrowed.error().code, ErrorCode::kForbidden);
  return narrowed.error().field;
}

TEST(CallerView, TheLimitOfATokenIsTheLargest) {
  const Principal caller = caller_without({}, 5);
  auto without_limit = parse_search_json(R"({"text":"dress"})", SearchForm::kAny, 1000).value();
  ASSERT_TRUE(narrow(without_limit, caller));
  EXPECT_EQ(without_limit.query.limit, 5);
  EXPECT_EQ(refused_field(R"({"text":"dress","limit":5})", caller), "");
  EXPECT_EQ(refused_field(R"({"text":"dress","limit":6})", caller), "limit");
  EXPECT_EQ(refused_field(R"({"text":"dress","limit":100})", Principal::local()), "");
}

TEST(CallerView, ExcludedFieldsCannotBeReadInAnotherWay) {
  const Principal caller = caller_without({"price", "brand", "properties", "listed_at", "currency"});
  EXPECT_EQ(refused_field(R"({"text":"a","filters":{"source":"b"},"facets":["size"]})", caller), "");
  EXPECT_EQ(refused_field(R"({"text":"a","filters":{"price_range":[1,2]}})", caller), "filters.price_range");
  EXPECT_EQ(refused_field(R"({"text":"a","filters":{"brand":"b"}})", caller), "filters.brand");
  EXPECT_EQ(refused_field(R"({"text":"a","filters":{"pattern":{"not":"b"}}})", caller), "filters.pattern");
  EXPECT_EQ(refused_field(R"({"text":"a","filters":{"currency":"EUR"}})", caller), "filters.currency");
  const std::string in_euros = R"({"text":"a","filters":{"price_range":{"max":5,"currency":"EUR"}}})";
  for (const auto* const member : {"price", "currency"}) {
    EXPECT_EQ(refused_field(in_euros, caller_without({member})), "filters.price_range") << member;
  }
  EXPECT_EQ(refused_field(R"({"text":"a","filters":{"listed_after":"2026-01-01"}})", caller),
            "filters.listed_after");
  EXPECT_EQ(refused_field(R"({"text":"a","facets":["size","price"]})", caller), "facets");
  EXPECT_EQ(refused_field(R"({"text":"a","sort":"newest"})", caller), "sort");
  EXPECT_EQ(refused_field(R"({"text":"a","filters":{"brand":"b"}})", Principal::local()), "");
}

TEST(CallerView, ExcludedFieldsAreLeftOut) {
  const Principal caller = caller_without({"price", "url"});
  Json item = Json::parse(R"({"id":"1","price":3,"title":"a","url":null})");
  leave_out_fields(item, caller);
  EXPECT_EQ(item.dump(), R"({"id":"1","title":"a"})");
  Json list = Json::parse(R"([{"id":"1","price":3},{"id":"2"}])");
  leave_out_fields(list, caller);
  EXPECT_EQ(list.dump(), R"([{"id":"1"},{"id":"2"}])");
  leave_out_fields(list, Principal::local());
  EXPECT_EQ(list.dump(), R"([{"id":"1"},{"id":"2"}])");
}

TEST(CallerView, OnlyKnownFieldsCanBeExcluded) {
  EXPECT_TRUE(check_excluded_fields({}));
  EXPECT_TRUE(check_excluded_fields({"price", "relevance", "created_at"}));
  EXPECT_FALSE(check_excluded_fields({"id"}));
  const auto wrong = check_excluded_fields({"price", "prise"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "exclude_fields");
  EXPECT_TRUE(wrong.error().message.contains("did you mean price?")) << wrong.error().message;
}

// What results and items have is what can be excluded.
TEST(CallerView, TheNamesOfFieldsAreThoseOfResults) {
  const search::ResultViews views("");
  search::SearchResults found;
  search::Hit hit;
  hit.relevance = 0.5;
  hit.is_same_image = true;
  hit.parts.push_back({"image", 0.5});
  found.hits.push_back(hit);
  std::set<std::string> names = {"tenant"};  // of results of several tenants
  const Json results = views.search_results(found, 0);
  for (const auto& [name, value] : results["results"][0].items()) names.insert(name);
  const Json item = views.item(hit.item);
  for (const auto& [name, value] : item.items()) names.insert(name);
  const auto known = search::ResultViews::field_names();
  EXPECT_EQ(names, std::set<std::string>(known.begin(), known.end()));
}

}  // namespace
}  // namespace fit::http
