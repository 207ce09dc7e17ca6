// The contract of ItemColumns, tested in memory and in the database.
#include "search/item_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "base/text.h"
#include "search/exchange_rates.h"
#include "search/facet_counts.h"
#include "search/test_items.h"
#include "search/test_random_catalogues.h"

namespace fit::search {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string text(const std::vector<domain::Facet>& facets) {
  std::string text;
  for (const domain::Facet& facet : facets) {
    text += facet.name + ": ";
    for (const auto& one : facet.values) text += fit::format("{} {}, ", to_lower(one.value), one.count);
    for (const auto& one : facet.histogram) text += fit::format("{}-{} {}, ", one.from, one.to, one.count);
    text += fit::format("others {}, missing {}; ", facet.others, facet.missing);
  }
  return text;
}

std::string text(const std::vector<ItemId>& items) {
  std::string text;
  for (const ItemId item : items) text += fit::format("{} ", item.value);
  return text;
}

// Four items: 1 red Gap dress, 10; 2 blue gap skirt, 60, newest; 3 Levi's, no price, 30 days older; 4 sold.
class ItemColumnsContract : public testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    catalogue_ = std::make_unique<TestCatalogue>(GetParam(), "test", kDimensions);
  }

  void fill() {
    add(1, "Gap", 10, "Red", "dress", "active", "2026-01-31");
    add(2, "gap", 60, "blue", "skirt", "active", "2026-01-31");
    add(3, "Levi's", std::nullopt, "red", "", "active", "2026-01-01");
    add(4, "Gap", 15, "green", "dress", "sold", "");
    catalogue_->catch_up();
  }

  void add(int number, std::string brand, std::optional<double> price, std::string colour,
           std::string category, std::string status, std::string_view listed_at) {
    domain::ItemWrite item =
        item_with_vector(number, fit::format("item {}", number), catalogue_->space().id, {1, 0, 0, 0});
    item.listing.brand = std::move(brand);
    item.listing.price = price;
    if (price) item.listing.currency = "USD";
    item.listing.status = std::move(status);
    if (!listed_at.empty()) item.listing.listed_at = *parse_rfc3339("t", std::string(listed_at));
    item.listing.properties[*domain::property_index("primary_color")] = std::move(colour);
    item.listing.properties[domain::kCategory] = std::move(category);
    ids_.push_back(catalogue_->store().items().upsert(std::span(&item, 1)).value().front().id);
  }

  const ItemColumns& columns() { return catalogue_->columns(); }
  // Returns the numbers of the selected items, the latest first.
  std::vector<int> selected(std::string_view conditions) {
    const auto selection = columns().select(filter(conditions)).value();
    std::vector<int> numbers;
    const std::vector<ItemId> latest = columns().latest(selection, 100).value();
    for (const ItemId id : latest)
      numbers.push_back(1 + static_cast<int>(std::ranges::find(ids_, id) - ids_.begin()));
    EXPECT_EQ(columns().is_empty(selection).value(), numbers.empty()) << conditions;
    EXPECT_EQ(selection.estimate.value_or(numbers.size()) > 0, !numbers.empty()) << conditions;
    return numbers;
  }

  std::vector<int> numbers_of(const std::vector<domain::SortedItem>& items) const {
    std::vector<int> numbers;
    for (const domain::SortedItem& one : items)
      numbers.push_back(1 + static_cast<int>(std::ranges::find(ids_, one.item) - ids_.begin()));
    return numbers;
  }
  // All selected items in an order, two after two.
  std::vector<int> in_pages_of_two(const Selection& selection, domain::SortOrder order,
                                   const domain::PriceUnit* unit) {
    domain::SortRequest request{.order = order, .limit = 2, .unit = unit};
    std::vector<domain::SortedItem> all;
    for (std::size_t page = 0; page < 20; ++page) {
      const auto items = columns().sorted(selection, request).value();
      if (items.empty()) break;
      all.insert(all.end(), items.begin(), items.end());
      request.after = items.back();
    }
    return numbers_of(all);
  }

  static constexpr int kDimensions = 4;
  std::unique_ptr<TestCatalogue> catalogue_;
  std::vector<ItemId> ids_;
};

INSTANTIATE_TEST_SUITE_P(Engines, ItemColumnsContract,
                         testing::ValuesIn(store::testing::engines_and_partitions()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(ItemColumnsContract, SelectsByCurrencyAndAmongItems) {
  fill();
  EXPECT_THAT(selected(R"({"currency":"usd"})"), ElementsAre(2, 1));
  EXPECT_THAT(selected(R"({"currency":["EUR","USD"],"price_range":[20,null]})"), ElementsAre(2));
  EXPECT_THAT(selected(R"({"currency":"EUR"})"), IsEmpty());
  EXPECT_THAT(columns().explain_empty(filter(R"({"currency":"EUR"})")).value(), HasSubstr("currency"));
  Filter among;
  among.among = std::vector{ids_[0], ids_[3], ItemId{999'999}};
  EXPECT_THAT(columns().latest(columns().select(among).value(), 9).value(), ElementsAre(ids_[0]));
  among.any_of = {{"status", {"sold"}}};
  EXPECT_THAT(columns().latest(columns().select(among).value(), 9).value(), ElementsAre(ids_[3]));
  among.among = std::vector<ItemId>();
  EXPECT_TRUE(columns().is_empty(columns().select(among).value()).value());
}

TEST_P(ItemColumnsContract, SelectsByTheRangeOfEachCurrency) {
  fill();  // 1: 10 USD, 2: 60 USD
  const auto add_priced = [this](int number, double price, const std::string& currency) {
    domain::ItemWrite item = item_with_vector(number, "priced", catalogue_->space().id, {1, 0, 0, 0});
    item.listing.price = price;
    item.listing.currency = currency;
    ids_.push_back(catalogue_->store().items().upsert(std::span(&item, 1)).value().front().id);
  };
  add_priced(5, 9, "EUR");
  add_priced(6, 10, "EUR");
  add_priced(7, 1600, "JPY");
  add_priced(8, 10, "");
  catalogue_->catch_up();
  const ExchangeRates rates = ExchangeRates::parse("rates", "EUR,1\nUSD,1.25\nJPY,160").value();
  const auto found = [&](std::string_view conditions, const ExchangeRates* table) {
    Filter converted = filter(conditions);
    convert_prices(converted, table);
    const auto selection = columns().select(converted).value();
    std::vector<int> numbers;
    const auto items = columns().latest(selection, 100).value();
    for (const ItemId id : items)
      numbers.push_back(1 + static_cast<int>(std::ranges::find(ids_, id) - ids_.begin()));
    EXPECT_EQ(columns().is_empty(selection).value(), numbers.empty()) << conditions;
    return numbers;
  };
  EXPECT_THAT(found(R"({"price_range":{"max":9.5,"currency":"EUR"}})", &rates), ElementsAre(5, 1));
  EXPECT_THAT(found(R"({"price_range":{"min":9.5,"currency":"EUR"}})", &rates), ElementsAre(7, 6, 2));
  EXPECT_THAT(found(R"({"price_range":{"min":10,"max":10,"currency":"EUR"}})", &rates), ElementsAre(7, 6));
  EXPECT_THAT(found(R"({"price_range":{"min":12.5,"max":60,"currency":"USD"}})", &rates),
              ElementsAre(7, 6, 2));
  EXPECT_THAT(found(R"({"price_range":{"max":1600,"currency":"JPY"},"currency":"EUR"})", &rates),
              ElementsAre(6, 5));
  EXPECT_THAT(found(R"({"price_range":{"max":100,"currency":"USD"}})", nullptr), ElementsAre(2, 1));
  EXPECT_THAT(found(R"({"price_range":{"max":100,"currency":"CHF"}})", &rates), IsEmpty());
  EXPECT_THAT(found(R"({"price_range":[null,100]})", &rates), ElementsAre(8, 6, 5, 2, 1));

  Filter none;
  none.converted.emplace();
  EXPECT_TRUE(columns().is_empty(columns().select(none).value()).value());
  Filter cheap = filter(R"({"price_range":{"max":1,"currency":"EUR"}})");
  convert_prices(cheap, &rates);
  EXPECT_THAT(columns().explain_empty(cheap).value(), HasSubstr("price in this range"));
  // The facet of the price has all prices that the other conditions leave.
  const std::vector<std::string> names = {"price", "status"};
  const CatalogueWords words(columns().values(), *ontology::Ontology::load());
  const auto facets = count_facets(columns(), words, names, columns().select(cheap).value()).value();
  EXPECT_EQ(facets.at(0).highest, 1600);
  EXPECT_TRUE(facets.at(1).values.empty());

  // In euros: 8, 48, none, sold, 9, 10, 10, none.
  const auto unit = price_unit_of(cheap.price_in, "", &rates);
  ASSERT_TRUE(unit);
  const Selection all = columns().select({}).value();
  const auto sorted = [&](domain::SortOrder order, std::size_t limit) {
    return numbers_of(columns().sorted(all, {.order = order, .limit = limit, .unit = &*unit}).value());
  };
  EXPECT_THAT(sorted(domain::SortOrder::kLowestPrice, 9), ElementsAre(1, 5, 7, 6, 2, 8, 3))
      << "a price without a rate before none";
  EXPECT_THAT(sorted(domain::SortOrder::kHighestPrice, 9), ElementsAre(2, 7, 6, 5, 1, 8, 3));
  for (const auto order : {domain::SortOrder::kLowestPrice, domain::SortOrder::kHighestPrice}) {
    EXPECT_EQ(in_pages_of_two(all, order, &*unit), sorted(order, 9));
  }
  EXPECT_THAT(sorted(domain::SortOrder::kHighestPrice, 2), ElementsAre(2, 7));
  EXPECT_EQ(text(columns().facets(std::span(names).first(1), all, 100, &*unit).value()),
            "price: 5-10 2, 10-20 2, 20-50 1, others 0, missing 2; ");
  const auto converted = count_facets(columns(), words, names, columns().select(cheap).value(),
                                      {.own = cheap, .visible = nullptr, .unit = &*unit});
  EXPECT_EQ(converted.value().at(0).highest, 48);
}

TEST_P(ItemColumnsContract, SortsByPriceAndTime) {
  fill();
  const auto sorted = [&](std::string_view conditions, domain::SortOrder order, std::size_t limit = 9) {
    const Selection selection = columns().select(filter(conditions)).value();
    return numbers_of(columns().sorted(selection, {.order = order, .limit = limit}).value());
  };
  using enum domain::SortOrder;
  EXPECT_THAT(sorted("{}", kLowestPrice), ElementsAre(1, 2, 3)) << "an item without a price comes last";
  EXPECT_THAT(sorted("{}", kHighestPrice), ElementsAre(2, 1, 3));
  EXPECT_THAT(sorted("{}", kNewest), ElementsAre(2, 1, 3)) << "of two at one time the later one first";
  EXPECT_THAT(sorted(R"({"status":["active","sold"]})", kHighestPrice, 2), ElementsAre(2, 4));
  EXPECT_THAT(sorted(R"({"primary_color":"red"})", kLowestPrice), ElementsAre(1, 3));
  // Prices and times, equal and missing ones among them: pages follow one another.
  for (int i = 0; i < 12; ++i) {
    const auto price = i % 4 == 0 ? std::nullopt : std::optional(5.0 + i / 4);
    add(20 + i, "Gap", price, "white", "dress", "active",
        i % 3 == 0 ? "" : fit::format("2025-01-0{}", 1 + i / 6));
  }
  catalogue_->catch_up();
  for (const auto order : {kLowestPrice, kHighestPrice, kNewest}) {
    const Selection all = columns().select({}).value();
    const auto pages = in_pages_of_two(all, order, nullptr);
    EXPECT_EQ(pages, sorted("{}", order, 99));
    EXPECT_EQ(pages.size(), 15U);
  }
}

TEST_P(ItemColumnsContract, SelectsTheItemsThatSatisfyAFilter) {
  fill();
  EXPECT_THAT(selected("{}"), ElementsAre(3, 2, 1));
  EXPECT_THAT(selected(R"({"brand":"GAP"})"), ElementsAre(2, 1));
  EXPECT_THAT(selected(R"({"status":["sold","active"]})"), ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(selected(R"({"primary_color":{"not":"red"}})"), ElementsAre(2));
  EXPECT_THAT(selected(R"({"price_range":[10,60]})"), ElementsAre(2, 1));
  EXPECT_THAT(selected(R"({"price_range":[10.01,null]})"), ElementsAre(2));
  EXPECT_THAT(selected(R"({"listed_after":"2026-01-15"})"), ElementsAre(2, 1));
  EXPECT_THAT(selected(R"({"brand":"nobody"})"), IsEmpty());
  EXPECT_THAT(selected(R"({"brand":"gap","price_range":[5,20],"category":"dress"})"), ElementsAre(1));
}

TEST_P(ItemColumnsContract, CountsTheSelectedItems) {
  fill();
  const std::vector<std::string> names = {"brand", "primary_color", "price"};
  EXPECT_EQ(text(columns().facets(names, columns().select({}).value(), 100, nullptr).value()),
            "brand: gap 2, levi's 1, others 0, missing 0; "
            "primary_color: red 2, blue 1, others 0, missing 0; "
            "price: 10-20 1, 20-50 0, 50-100 1, others 0, missing 1; ");
}

TEST_P(ItemColumnsContract, AFacetOffersTheValuesBesideTheChosenOne) {
  fill();
  const auto facets = [this](std::string_view conditions, std::vector<std::string> names) {
    const CatalogueWords words(columns().values(), *ontology::Ontology::load());
    return text(count_facets(columns(), words, names, columns().select(filter(conditions)).value()).value());
  };
  EXPECT_EQ(facets(R"({"brand":"levi's"})", {"primary_color", "brand"}),
            "primary_color: red 1, others 0, missing 0; "
            "brand: gap 2, levi's 1, others 0, missing 0; ");
  EXPECT_EQ(facets(R"({"brand":{"not":"gap"}})", {"brand"}), "brand: gap 2, levi's 1, others 0, missing 0; ");
  EXPECT_EQ(facets(R"({"price_range":[50,null],"primary_color":"blue"})", {"price", "primary_color"}),
            "price: 50-100 1, others 0, missing 0; primary_color: blue 1, others 0, missing 0; ");
  EXPECT_EQ(facets(R"({"price_range":[50,null]})", {"price"}),
            "price: 10-20 1, 20-50 0, 50-100 1, others 0, missing 1; ");
  EXPECT_EQ(facets(R"({"status":"sold"})", {"status", "brand"}),
            "status: sold 1, others 0, missing 0; brand: gap 1, others 0, missing 0; ");
}

TEST_P(ItemColumnsContract, ComparesPropertiesAndReturnsThem) {
  fill();
  const std::size_t colour = *domain::property_index("primary_color");
  const std::vector<std::string> reds = {"red", "crimson"};
  const std::vector<std::string> dresses = {"dress"};
  const std::vector<PropertyCondition> conditions = {{colour, reds}, {domain::kCategory, dresses}};
  std::vector<ItemId> items = ids_;
  items.push_back(ItemId{999'999});
  using enum PropertyMatch;
  EXPECT_THAT(columns().match(items, conditions).value(),
              ElementsAre(ElementsAre(kEqual, kDifferent, kEqual, kDifferent, kUnknown),
                          ElementsAre(kEqual, kDifferent, kUnknown, kEqual, kUnknown)));
  EXPECT_THAT(columns().property_of(items, colour).value(), ElementsAre("red", "blue", "red", "green", ""));
}

TEST_P(ItemColumnsContract, FreshnessHalvesEveryThirtyDays) {
  fill();
  std::vector<ItemId> items = ids_;
  items.push_back(ItemId{999'999});
  const Timestamp listed = *parse_rfc3339("t", "2026-01-31");
  EXPECT_THAT(columns().freshness(items, listed).value(), ElementsAre(1, 1, 0.5, 0, 0));
  EXPECT_THAT(columns().freshness(items, listed + std::chrono::days(30)).value(),
              ElementsAre(0.5, 0.5, 0.25, 0, 0));
}

TEST_P(ItemColumnsContract, ADateInTheFutureMakesNothingFresh) {
  fill();
  add(5, "Gap", 10, "red", "dress", "active", "2062-01-01");
  catalogue_->catch_up();
  const Timestamp listed = *parse_rfc3339("t", "2026-01-31");
  EXPECT_THAT(columns().freshness(ids_, listed).value(), ElementsAre(1, 1, 0.5, 0, 0));
  EXPECT_THAT(columns().freshness(ids_, listed - std::chrono::hours(1)).value(), ElementsAre(1, 1, _, 0, 0));
}

TEST_P(ItemColumnsContract, ExplainsWhyNothingMatches) {
  EXPECT_THAT(columns().explain_empty({}).value(), HasSubstr("empty"));
  fill();
  const auto why = [&](std::string_view text) { return columns().explain_empty(filter(text)).value(); };
  EXPECT_EQ(why(R"({"primary_color":"redd"})"),
            "no item has the primary color \"redd\"; did you mean \"Red\"?")
      << "values are spelt as the first item spells them";
  EXPECT_EQ(why(R"({"brand":["xyzzy","plugh"]})"),
            "no item has the brand \"xyzzy\" or another requested value");
  EXPECT_THAT(why(R"({"brand":{"any":"gap","not":"GAP"}})"), HasSubstr("brand contradict"));
  EXPECT_THAT(why(R"({"price_range":[300,400]})"), HasSubstr("price in this range"));
  EXPECT_THAT(why(R"({"listed_after":"2027-01-01"})"), HasSubstr("listed since"));
  EXPECT_THAT(why(R"({"brand":"Levi's","primary_color":"blue"})"), HasSubstr("together"));
}

TEST_P(ItemColumnsContract, RefreshesTheValues) {
  fill();
  ASSERT_TRUE(columns().refresh_values());
  const PropertyValues& values = columns().values();
  const auto red = values.find_value("red");
  ASSERT_TRUE(red);
  EXPECT_EQ(red->property, *domain::property_index("primary_color"));
  EXPECT_EQ(red->count, 2U);
  EXPECT_FALSE(values.find_value("mauve"));
  add(5, "", 1, "Mauve", "", "active", "");
  catalogue_->catch_up();
  ASSERT_TRUE(columns().refresh_values());
  EXPECT_TRUE(values.find_value("mauve"));
}

TEST_P(ItemColumnsContract, ASelectionIsAValue) {
  fill();
  const Selection selection = columns().select(filter(R"({"brand":"gap"})")).value();
  const Selection copy = selection;
  EXPECT_EQ(columns().latest(copy, 10).value(), columns().latest(selection, 10).value());
  // A default-constructed selection selects the active items.
  EXPECT_EQ(columns().latest(Selection{}, 10).value().size(), 3U);
  EXPECT_FALSE(columns().is_empty(Selection{}).value());
}

// Values that no text can have match nothing.
TEST_P(ItemColumnsContract, HostileValuesMatchNothing) {
  fill();
  Filter hostile;
  hostile.any_of = {{"brand", {std::string("a\0b", 3), "\xFF\xFE", std::string(5000, 'x')}}};
  EXPECT_TRUE(columns().is_empty(columns().select(hostile).value()).value());
  EXPECT_THAT(columns().explain_empty(hostile).value(), HasSubstr("no item has the brand"));
  hostile.any_of = {{"brand", {"'; DROP TABLE items; --"}}};
  EXPECT_TRUE(columns().is_empty(columns().select(hostile).value()).value());
}

// Columns in the database and in memory agree on random items.
class PostgresColumnsTest : public testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    catalogues_ = std::make_unique<RandomCatalogues>(GetParam());
  }

  static std::string read(const ItemColumns& columns, const Filter& filter) {
    const std::vector<std::string> names = {"brand", "primary_color", "pattern", "status", "price", "season"};
    const auto selection = columns.select(filter).value();
    return fit::format("{}|{}|{}", columns.is_empty(selection).value(),
                       text(columns.latest(selection, 30).value()),
                       text(columns.facets(names, selection, 100, nullptr).value()));
  }

  std::unique_ptr<RandomCatalogues> catalogues_;
};

INSTANTIATE_TEST_SUITE_P(Engines, PostgresColumnsTest, testing::ValuesIn(searching_engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(PostgresColumnsTest, AgreesWithMemory) {
  catalogues_->fill(300);
  for (int round = 0; round < 40; ++round) {
    const Filter filter = round == 0 ? Filter{} : catalogues_->filter();
    EXPECT_EQ(read(catalogues_->other().columns(), filter), read(catalogues_->memory().columns(), filter))
        << round;
  }
}

TEST_P(PostgresColumnsTest, FollowsEveryWrite) {
  catalogues_->fill(60);
  std::vector<domain::ItemWrite> changed;
  for (int i = 0; i < 60; i += 2) changed.push_back(catalogues_->item(i));
  catalogues_->write(changed);
  for (TestCatalogue* const one : {&catalogues_->memory(), &catalogues_->other()}) {
    ASSERT_TRUE(one->store().items().remove(ItemId{7}));
    ASSERT_TRUE(one->store().items().remove(ItemId{8}));
    one->catch_up();
  }
  const ItemColumns& database = catalogues_->other().columns();
  const ItemColumns& memory = catalogues_->memory().columns();
  for (int round = 0; round < 20; ++round) {
    const Filter filter = round == 0 ? Filter{} : catalogues_->filter();
    EXPECT_EQ(read(database, filter), read(memory, filter)) << round;
  }
  const std::vector<ItemId> some = {ItemId{1}, ItemId{5}, ItemId{12}, ItemId{999}};
  const std::vector<std::string> reds = {"red"};
  const PropertyCondition condition{*domain::property_index("primary_color"), reds};
  EXPECT_EQ(database.match(some, std::span(&condition, 1)).value(),
            memory.match(some, std::span(&condition, 1)).value());
  EXPECT_EQ(database.property_of(some, condition.property).value(),
            memory.property_of(some, condition.property).value());
  const Timestamp time = now();
  EXPECT_EQ(database.freshness(some, time).value(), memory.freshness(some, time).value());
}

TEST_P(PostgresColumnsTest, ExplainsAsMemoryDoes) {
  const ItemColumns& database = catalogues_->other().columns();
  EXPECT_EQ(database.explain_empty({}).value(), "the catalogue is empty");
  catalogues_->fill(50);
  for (const auto conditions : {R"({"primary_color":"redd"})", R"({"brand":["xyzzy","plugh"]})",
                                R"({"brand":{"any":"gap","not":"GAP"}})", R"({"price_range":[3000,4000]})",
                                R"({"listed_after":"2036-01-01"})",
                                R"({"brand":"gap","pattern":"patter-0","price_range":[0,0.5]})"}) {
    EXPECT_EQ(database.explain_empty(filter(conditions)).value(),
              catalogues_->memory().columns().explain_empty(filter(conditions)).value());
  }
}

}  // namespace
}  // namespace fit::search
