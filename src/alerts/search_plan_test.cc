#include "alerts/search_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/format.h"
#include "base/text.h"
#include "search/denied_words.h"
#include "text/analyzer.h"

namespace fit::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string* column_text(const domain::Listing& listing, const std::string& column) {
  if (column == "source") return &listing.source;
  if (column == "brand") return &listing.brand;
  if (column == "size") return &listing.size;
  if (column == "status") return &listing.status;
  return &listing.properties.at(domain::property_index(column).value());
}

// Rules without synonyms: texts are equal without regard to case.
bool satisfies_plainly(const domain::Listing& listing, const search::Filter& filter) {
  const auto has = [&](const domain::ValueSet& set) {
    const std::string* const text = column_text(listing, set.column);
    return !text->empty() && std::ranges::any_of(set.values, [&](const std::string& value) {
      return to_lower(value) == to_lower(*text);
    });
  };
  if (!filter.has_condition_on("status") && listing.status != "active") return false;
  if (filter.max_price && !(listing.price && *listing.price <= *filter.max_price)) return false;
  return std::ranges::all_of(filter.any_of, has) && std::ranges::none_of(filter.none_of, has);
}

FilterRules plain_rules() {
  return {.satisfies = satisfies_plainly,
          .value_key = [](std::string_view, std::string_view value) { return to_lower(value); }};
}

std::shared_ptr<const PlannedSearch> planned_search(std::int64_t id, CompiledSearch compiled) {
  auto search = std::make_shared<PlannedSearch>();
  search->saved.id = SavedSearchId{id};
  search->compiled = std::move(compiled);
  return search;
}

domain::ItemRecord plan_item(std::int64_t id, std::string title) {
  domain::ItemRecord item;
  item.id = ItemId{id};
  item.listing.source = "test";
  item.listing.title = std::move(title);
  return item;
}

std::vector<std::int64_t> ids_of(const std::vector<const PlannedSearch*>& found) {
  std::vector<std::int64_t> ids;
  for (const PlannedSearch* const one : found) ids.push_back(one->saved.id.value);
  return ids;
}

std::vector<WordForms> forms_of_text(std::string_view text) {
  std::vector<WordForms> words;
  for (text::QueryTerm& term : text::query_terms(text)) words.push_back(std::move(term.forms));
  return words;
}

TEST(SearchPlan, ComparesWordsInTheirForms) {
  SearchPlan plan(plain_rules());
  plan.put(planned_search(1, {.words = forms_of_text("denim jacket")}));
  plan.put(planned_search(2, {.words = forms_of_text("levi's")}));
  plan.put(planned_search(3, {.words = forms_of_text("north face")}));
  EXPECT_EQ(plan.unlisted(), 0U);
  EXPECT_THAT(ids_of(plan.match(plan_item(1, "Jackets of denim"), {})), ElementsAre(1));
  EXPECT_THAT(ids_of(plan.match(plan_item(1, "LEVIS denim jacket"), {})), ElementsAre(1, 2));
  EXPECT_THAT(ids_of(plan.match(plan_item(1, "The North Face"), {})), ElementsAre(3));
  EXPECT_THAT(ids_of(plan.match(plan_item(1, "denim"), {})), IsEmpty());
}

TEST(SearchPlan, ComparesFiltersPricesAndDeniedWords) {
  SearchPlan plan(plain_rules());
  CompiledSearch search{.filter = {.any_of = {{"brand", {"Levi's", "gap"}}}, .max_price = 50}};
  search.filter.no_words.push_back(search::denied_word("faux fur", search::DeniedIn::kAllTexts));
  plan.put(planned_search(1, search));
  plan.put(planned_search(2, {.filter = {}, .required = {.any_of = {{"source", {"other"}}}}}));
  domain::ItemRecord item = plan_item(1, "Jacket");
  item.listing.brand = "GAP";
  item.listing.price = 40;
  EXPECT_THAT(ids_of(plan.match(item, {})), ElementsAre(1));
  item.listing.description = "with faux fur";
  EXPECT_THAT(ids_of(plan.match(item, {})), IsEmpty());
  item.listing.description = "without faux fur";
  EXPECT_THAT(ids_of(plan.match(item, {})), ElementsAre(1)) << "it denies the words itself";
  item.listing.price = 60;
  EXPECT_THAT(ids_of(plan.match(item, {})), IsEmpty());
  item.listing.source = "other";
  EXPECT_THAT(ids_of(plan.match(item, {})), ElementsAre(2));
  item.listing.status = "sold";
  EXPECT_THAT(ids_of(plan.match(item, {})), IsEmpty());
}

TEST(SearchPlan, ComparesVectorsEachWithItsThreshold) {
  SearchPlan plan(plain_rules());
  plan.put(planned_search(1, {.vector = {1, 0}, .min_similarity = 0.9}));
  plan.put(planned_search(2, {.vector = {1, 0}, .min_similarity = 0.5}));
  plan.put(planned_search(3, {.vector = {1, 0}, .min_similarity = 0.5, .unlike = {{0, 1}}}));
  plan.put(planned_search(4, {.vector = {1, 0}, .min_similarity = -1, .excluded = {ItemId{7}}}));
  const std::vector<domain::ImageVector> images = {
      {.image = ImageId{1}, .item = ItemId{7}, .values = {0.6F, 0.8F}}};
  EXPECT_THAT(ids_of(plan.match(plan_item(7, "x"), images)), ElementsAre(2));
  EXPECT_THAT(ids_of(plan.match(plan_item(8, "x"), images)), ElementsAre(2, 4));
  EXPECT_THAT(ids_of(plan.match(plan_item(7, "x"), {})), IsEmpty()) << "no vector yet";
  const std::vector<domain::ImageVector> two = {images[0],
                                                {.image = ImageId{2}, .item = ItemId{7}, .values = {1, 0}}};
  EXPECT_THAT(ids_of(plan.match(plan_item(7, "x"), two)), ElementsAre(1, 2, 3)) << "the best image counts";
}

TEST(SearchPlan, APropertyIsAValueOrItsWord) {
  SearchPlan plan(plain_rules());
  CompiledSearch search;
  search.properties.push_back({.column = "primary_color", .values = {"red"}, .words = forms_of_text("red")});
  plan.put(planned_search(1, search));
  domain::ItemRecord item = plan_item(1, "Jacket");
  EXPECT_THAT(ids_of(plan.match(item, {})), IsEmpty());
  item.listing.properties[domain::kPrimaryColor] = "Red";
  EXPECT_THAT(ids_of(plan.match(item, {})), ElementsAre(1));
  EXPECT_THAT(ids_of(plan.match(plan_item(1, "Red jacket"), {})), ElementsAre(1));
}

TEST(SearchPlan, SearchesAreReplacedAndRemoved) {
  SearchPlan plan(plain_rules());
  plan.put(planned_search(1, {.words = forms_of_text("coat")}));
  plan.put(planned_search(1, {.words = forms_of_text("dress")}));
  plan.put(planned_search(2, {}));
  EXPECT_EQ(plan.size(), 2U);
  EXPECT_THAT(ids_of(plan.match(plan_item(1, "coat"), {})), ElementsAre(2));
  plan.keep_if([](SavedSearchId id) { return id.value == 1; });
  EXPECT_THAT(ids_of(plan.match(plan_item(1, "dress"), {})), ElementsAre(1));
  plan.remove(SavedSearchId{1});
  plan.remove(SavedSearchId{1});
  EXPECT_THAT(ids_of(plan.match(plan_item(1, "dress"), {})), IsEmpty());
  EXPECT_EQ(plan.unlisted(), 0U);
}

// The lists of the plan change nothing: every search is found that finds the item when it is the only one.
TEST(SearchPlan, FindsWhatEachSearchAloneFinds) {
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  const auto pick = [&random](std::vector<std::string> from) { return from[random() % from.size()]; };
  const std::vector<std::string> kBrands = {"gap", "levi's", "zara", "h&m"};
  const std::vector<std::string> kColours = {"red", "blue", "green"};
  const std::vector<std::string> kWords = {"coat", "dress", "wool", "summer", "vintage"};
  std::vector<std::shared_ptr<const PlannedSearch>> searches;
  for (std::int64_t id = 1; id <= 300; ++id) {
    CompiledSearch search;
    if (random() % 2 == 0) search.filter.any_of.push_back({"brand", {pick(kBrands), pick(kBrands)}});
    if (random() % 3 == 0) search.filter.any_of.push_back({"primary_color", {pick(kColours)}});
    if (random() % 3 == 0) search.words = forms_of_text(pick(kWords) + " " + pick(kWords));
    if (random() % 3 == 0) search.vector = {1, 0};
    if (random() % 4 == 0) search.filter.max_price = static_cast<double>(random() % 100);
    search.min_similarity = 0.5;
    searches.push_back(planned_search(id, std::move(search)));
  }
  SearchPlan all(plain_rules());
  std::vector<std::unique_ptr<SearchPlan>> each;
  for (const auto& one : searches) {
    all.put(one);
    each.push_back(std::make_unique<SearchPlan>(plain_rules()));
    each.back()->put(one);
  }
  std::size_t matches = 0;
  for (std::int64_t number = 1; number <= 100; ++number) {
    domain::ItemRecord item = plan_item(number, pick(kWords) + " " + pick(kWords));
    item.listing.brand = pick(kBrands);
    item.listing.price = static_cast<double>(random() % 100);
    item.listing.properties[domain::kPrimaryColor] = pick(kColours);
    const std::vector<domain::ImageVector> images = {
        {.image = ImageId{1},
         .item = item.id,
         .values = random() % 2 == 0 ? std::vector<float>{1, 0} : std::vector<float>{0, 1}}};
    std::vector<std::int64_t> expected;
    for (std::size_t i = 0; i < each.size(); ++i) {
      if (!each[i]->match(item, images).empty()) expected.push_back(searches[i]->saved.id.value);
    }
    EXPECT_EQ(ids_of(all.match(item, images)), expected) << number;
    matches += expected.size();
  }
  EXPECT_GT(matches, 1000U);
}

TEST(CompiledSearch, IsStoredWhole) {
  CompiledSearch search{.filter = {.any_of = {{"brand", {"gap"}}}},
                        .required = {.none_of = {{"status", {"flagged"}}}},
                        .vector = {0.6F, 0.8F},
                        .min_similarity = 0.25,
                        .unlike = {{1, 0}},
                        .words = forms_of_text("red coats"),
                        .properties = {{"material", {"wool"}, forms_of_text("wool")}},
                        .excluded = {ItemId{5}},
                        .vector_suffices = true};
  const StoredCompilation stored = store_compiled(search);
  const CompiledSearch read = stored_compiled(stored.json, stored.vectors, 2).value();
  const StoredCompilation again = store_compiled(read);
  EXPECT_EQ(again.json, stored.json);
  EXPECT_EQ(again.vectors, stored.vectors);
  EXPECT_EQ(read.unlike.size(), 1U);
  EXPECT_EQ(stored_compiled(stored.json, stored.vectors, 3).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(stored_compiled(stored.json, {}, 2).error().code, ErrorCode::kDamaged);
  EXPECT_FALSE(stored_compiled("{}", {}, 2));
}

}  // namespace
}  // namespace fit::alerts
