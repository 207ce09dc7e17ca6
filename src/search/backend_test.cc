// The database answers what memory answers, on the same catalogue.
#include "search/backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/format.h"
#include "embed/embedder.h"
#include "search/test_catalogue.h"
#include "search/test_items.h"

namespace fit::search {
namespace {

using ::testing::HasSubstr;

constexpr int kDimensions = 8;
constexpr std::array<std::string_view, 4> kColours = {"red", "Blue", "green", ""};

class PostgresBackendTest : public testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    const auto engines = store::testing::engines();
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    memory_ = std::make_unique<TestCatalogue>(engines[0], "test", kDimensions);
    database_ = std::make_unique<TestCatalogue>(GetParam(), "test", kDimensions);
  }

  // Items with one to three images; numbers of both catalogues are the same.
  void fill(int count) {
    std::vector<domain::ItemWrite> items;
    for (int i = 0; i < count; ++i) items.push_back(item(i));
    for (TestCatalogue* const one : {memory_.get(), database_.get()}) {
      ASSERT_TRUE(one->store().items().upsert(items));
      one->catch_up();
    }
  }

  domain::ItemWrite item(int number) {
    domain::ItemWrite item = store::testing::make_item(number);
    item.content_hash = fit::format("{}-{}", number, random_());
    item.images.clear();
    item.listing.brand = random_() % 4 == 0 ? "" : random_() % 2 == 0 ? "Gap" : "gap";
    item.listing.status = random_() % 10 == 0 ? "sold" : "active";
    item.listing.properties[*domain::property_index("primary_color")] = kColours[random_() % 4];
    if (random_() % 5 == 0) item.listing.price.reset();
    for (std::uint32_t i = 0; i <= random_() % 3; ++i) {
      domain::ImageWrite image = store::testing::make_image(number * 10 + static_cast<int>(i));
      image.vectors = {{memory_->space().id, vector()}};
      item.images.push_back(std::move(image));
    }
    return item;
  }

  // Of numbers that halves hold, so that both engines keep the same.
  std::vector<float> vector() {
    std::vector<float> values(kDimensions);
    for (float& value : values) value = normal_(random_);
    EXPECT_TRUE(embed::normalize(values, kDimensions, "test"));
    for (float& value : values) value = static_cast<float>(static_cast<_Float16>(value));
    return values;
  }

  Filter random_filter() {
    Filter filter;
    if (random_() % 2 == 0) filter.any_of.push_back({"primary_color", {"RED", "blue"}});
    if (random_() % 3 == 0) filter.none_of.push_back({"brand", {"gap"}});
    if (random_() % 3 == 0) filter.min_price = random_() % 100;
    if (random_() % 3 == 0) filter.max_price = 50 + random_() % 200;
    if (random_() % 4 == 0) filter.any_of.push_back({"status", {"sold", "active"}});
    if (random_() % 4 == 0) filter.any_of.push_back({"pattern", {fit::format("patter-{}", random_() % 8)}});
    if (random_() % 3 == 0)
      filter.any_of.push_back({"category", {"catego-1", fit::format("catego-{}", random_() % 8)}});
    if (random_() % 4 == 0)
      filter.none_of.push_back({"category", {"catego-1", fit::format("catego-{}", random_() % 8)}});
    if (random_() % 5 == 0) {
      filter.listed_after = Timestamp(std::chrono::microseconds(1'700'000'000'000'000 + random_() % 2000));
    }
    return filter;
  }

  static std::string fmt_ids(const std::vector<std::int64_t>& ids) {
    std::string text;
    for (const std::int64_t id : ids) text += fit::format("{} ", id);
    return text;
  }
  static std::string fmt_items(const std::vector<ItemId>& items) {
    std::string text;
    for (const ItemId item : items) text += fit::format("{} ", item.value);
    return text;
  }

  // Without their order: similarities that are nearly equal may change places.
  static std::vector<std::int64_t> ids(const std::vector<domain::Neighbor>& found) {
    std::vector<std::int64_t> ids;
    for (const auto& one : found) ids.push_back(one.item.value);
    std::ranges::sort(ids);
    return ids;
  }

  static std::string text(const std::vector<Facet>& facets) {
    std::string text;
    for (const Facet& facet : facets) {
      text += facet.name + ": ";
      for (const auto& one : facet.values) text += fit::format("{} {}, ", to_lower(one.value), one.count);
      for (const auto& one : facet.histogram) text += fit::format("{}-{} {}, ", one.from, one.to, one.count);
      text += fit::format("others {}, missing {}; ", facet.others, facet.missing);
    }
    return text;
  }

  static std::string to_lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    return text;
  }

  std::mt19937 random_{11};
  std::normal_distribution<float> normal_;
  std::unique_ptr<TestCatalogue> memory_;
  std::unique_ptr<TestCatalogue> database_;
};

std::vector<store::testing::Engine> databases() {
  auto engines = store::testing::engines_and_partitions();
  engines.erase(engines.begin());
  return engines;
}

INSTANTIATE_TEST_SUITE_P(Engines, PostgresBackendTest, testing::ValuesIn(databases()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(PostgresBackendTest, AnswersAsMemoryDoes) {
  fill(300);
  const std::vector<std::string> names = {"brand", "primary_color", "status", "price", "season"};
  for (int round = 0; round < 40; ++round) {
    const Filter filter = round == 0 ? Filter{} : random_filter();
    const auto query = vector();
    const auto ask = [&](const Backend& backend) {
      const auto selection = backend.select(filter).value();
      const auto near = backend.nearest(query, 20, *selection, -2).value();
      return fit::format("{}|{}|{}|{}", fmt_ids(ids(near)), backend.is_empty(*selection).value(),
                         fmt_items(backend.latest(*selection, 30).value()),
                         text(backend.facets(names, *selection).value()));
    };
    EXPECT_EQ(ask(database_->backend()), ask(memory_->backend())) << round;
  }
}

TEST_P(PostgresBackendTest, FollowsEveryWrite) {
  fill(60);
  std::vector<domain::ItemWrite> changed;
  for (int i = 0; i < 60; i += 2) changed.push_back(item(i));
  for (TestCatalogue* const one : {memory_.get(), database_.get()}) {
    ASSERT_TRUE(one->store().items().upsert(changed));
    ASSERT_TRUE(one->store().items().remove(ItemId{7}));
    ASSERT_TRUE(one->store().items().remove(ItemId{8}));
    one->catch_up();
  }
  const std::vector<std::string> names = {"brand", "primary_color", "pattern", "status", "price"};
  const std::vector<ItemId> some = {ItemId{1}, ItemId{5}, ItemId{12}, ItemId{999}};
  for (int round = 0; round < 20; ++round) {
    const Filter filter = round == 0 ? Filter{} : random_filter();
    const auto query = vector();
    const auto ask = [&](const Backend& backend) {
      const auto selection = backend.select(filter).value();
      return fit::format("{}|{}|{}", fmt_ids(ids(backend.nearest(query, 50, *selection, 0.1F).value())),
                         text(backend.facets(names, *selection).value()),
                         fmt_items(backend.latest(*selection, 5).value()));
    };
    EXPECT_EQ(ask(database_->backend()), ask(memory_->backend())) << round;
  }
  const std::vector<std::string> reds = {"red"};
  const PropertyCondition question{*domain::property_index("primary_color"), reds};
  EXPECT_EQ(database_->backend().match_properties(some, std::span(&question, 1)).value(),
            memory_->backend().match_properties(some, std::span(&question, 1)).value());
  EXPECT_EQ(database_->backend().properties_of(some, question.property).value(),
            memory_->backend().properties_of(some, question.property).value());
  EXPECT_EQ(database_->backend().freshness(some).value(), memory_->backend().freshness(some).value());
}

TEST_P(PostgresBackendTest, SaysWhyNothingMatches) {
  EXPECT_EQ(database_->backend().why_nothing_matches({}).value(), "the catalogue is empty");
  fill(50);
  for (const auto conditions : {R"({"primary_color":"redd"})", R"({"brand":["xyzzy","plugh"]})",
                                R"({"brand":{"any":"gap","not":"GAP"}})", R"({"price_range":[3000,4000]})",
                                R"({"listed_after":"2036-01-01"})",
                                R"({"brand":"gap","pattern":"patter-0","price_range":[0,0.5]})"}) {
    EXPECT_EQ(database_->backend().why_nothing_matches(filter(conditions)).value(),
              memory_->backend().why_nothing_matches(filter(conditions)).value());
  }
}

TEST_P(PostgresBackendTest, KnowsTheValuesOfNow) {
  fill(40);
  ASSERT_TRUE(database_->backend().refresh_values());
  const PropertyValues& values = database_->backend().values();
  const auto red = values.find_value("red");
  ASSERT_TRUE(red);
  EXPECT_EQ(red->property, *domain::property_index("primary_color"));
  EXPECT_EQ(red->count, memory_->columns().find_value("red")->count);
  EXPECT_FALSE(values.find_value("mauve"));
  domain::ItemWrite one = item(1000);
  one.listing.properties[*domain::property_index("material")] = "Mauve Wool";
  ASSERT_TRUE(database_->store().items().upsert(std::span(&one, 1)));
  ASSERT_TRUE(database_->backend().refresh_values());
  EXPECT_TRUE(values.find_value("mauve wool"));
}

TEST_P(PostgresBackendTest, WhatNoTextCanBeMatchesNothing) {
  fill(10);
  Filter hostile;
  hostile.any_of = {{"brand", {std::string("a\0b", 3), "\xFF\xFE", std::string(5000, 'x')}}};
  const auto selection = database_->backend().select(hostile).value();
  EXPECT_TRUE(database_->backend().is_empty(*selection).value());
  EXPECT_THAT(database_->backend().why_nothing_matches(hostile).value(), HasSubstr("no item has the brand"));
  hostile.any_of = {{"brand", {"'; DROP TABLE items; --"}}};
  EXPECT_TRUE(database_->backend().is_empty(*database_->backend().select(hostile).value()).value());
}

// Enough rows that the graph is walked.
TEST_P(PostgresBackendTest, APageIsFullHoweverFewMatch) {
  fill(2500);
  for (const auto conditions :
       {R"({})", R"({"primary_color":"red"})", R"({"brand":"gap","price_range":[5,20]})",
        R"({"pattern":"patter-3","price_range":[100,120]})"}) {
    const Filter wanted = filter(conditions);
    std::size_t right = 0;
    std::size_t all = 0;
    for (int round = 0; round < 10; ++round) {
      const auto query = vector();
      const auto ask = [&](const Backend& backend) {
        return ids(backend.nearest(query, 20, *backend.select(wanted).value(), -2).value());
      };
      const auto found = ask(database_->backend());
      const auto truth = ask(memory_->backend());
      ASSERT_EQ(found.size(), truth.size()) << conditions;
      EXPECT_EQ(std::set(found.begin(), found.end()).size(), found.size()) << "an item is one answer";
      for (const auto id : truth) right += std::ranges::contains(found, id);
      all += truth.size();
    }
    EXPECT_GE(static_cast<double>(right), 0.95 * static_cast<double>(all)) << conditions;
  }
}

}  // namespace
}  // namespace fit::search
