// The contract of VectorSearcher, and combinations of searchers and columns.
#include "search/vector_searcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "search/test_items.h"
#include "search/test_random_catalogues.h"

namespace fit::search {
namespace {

using ::testing::ElementsAre;

// The searcher under test: an index of some kind, or the database.
struct Kind {
  std::string name;
  store::testing::Engine engine;
  std::optional<index::IndexKind> index = {};  // nullopt: the database searches
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

std::vector<Kind> kinds() {
  const auto engines = store::testing::engines_and_partitions();
  std::vector<Kind> kinds = {{"ExactIndex", engines[0], index::IndexKind::kExact},
                             {"HnswIndex", engines[0], index::IndexKind::kHnsw}};
  for (const auto& engine : std::span(engines).subspan(1)) kinds.push_back({engine.name, engine});
  return kinds;
}

class VectorSearcherContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (!GetParam().engine.is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    catalogue_ = std::make_unique<TestCatalogue>(GetParam().engine, "test", kDimensions);
    if (!GetParam().index) return;
    index_ = std::make_unique<SpaceIndex>(catalogue_->store(),
                                          SpaceIndex::Options{.folder = catalogue_->folder().path() / "other",
                                                              .space = catalogue_->space(),
                                                              .index = {.kind = *GetParam().index}},
                                          Log::silent());
    searcher_ = std::make_unique<IndexSearcher>(*index_);
  }

  const VectorSearcher& searcher() { return searcher_ ? *searcher_ : catalogue_->searcher(); }
  const ItemColumns& columns() { return catalogue_->columns(); }

  ItemId add(int number, std::vector<float> vector, double price) {
    domain::ItemWrite item = item_with_vector(number, "item", catalogue_->space().id, std::move(vector));
    item.listing.price = price;
    item.listing.currency = "USD";
    return catalogue_->store().items().upsert(std::span(&item, 1)).value().front().id;
  }

  void catch_up() {
    catalogue_->catch_up();
    if (index_) index_->catch_up().value();
  }

  static std::vector<ItemId> items(const std::vector<domain::Neighbor>& found) {
    std::vector<ItemId> items;
    for (const auto& one : found) items.push_back(one.item);
    return items;
  }

  static constexpr int kDimensions = 4;
  std::unique_ptr<TestCatalogue> catalogue_;
  std::unique_ptr<SpaceIndex> index_;
  std::unique_ptr<VectorSearcher> searcher_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, VectorSearcherContract, testing::ValuesIn(kinds()),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(VectorSearcherContract, FindsTheNearestSelectedItems) {
  const ItemId first = add(1, {1, 0, 0, 0}, 10);
  const ItemId second = add(2, {0.8F, 0.6F, 0, 0}, 20);
  const ItemId third = add(3, {0, 1, 0, 0}, 30);
  catch_up();
  const std::vector<float> query = {1, 0, 0, 0};
  const auto all = columns().select({}).value();
  const auto found = searcher().nearest(query, 10, all).value();
  EXPECT_THAT(items(found), ElementsAre(first, second, third));
  EXPECT_NEAR(found[0].similarity, 1, 1e-3);
  EXPECT_NEAR(found[1].similarity, 0.8, 1e-3);
  EXPECT_THAT(items(searcher().nearest(query, 2, all).value()), ElementsAre(first, second));
  EXPECT_THAT(items(searcher().nearest(query, 10, all, 0.5F).value()), ElementsAre(first, second));
  const auto dear = columns().select(filter(R"({"price_range":[15,null]})")).value();
  EXPECT_THAT(items(searcher().nearest(query, 10, dear).value()), ElementsAre(second, third));
  EXPECT_THAT(items(searcher().candidates(query, 10, dear).value()), ElementsAre(second, third));
  const auto none = columns().select(filter(R"({"brand":"nobody"})")).value();
  EXPECT_TRUE(searcher().nearest(query, 10, none).value().empty());
}

TEST_P(VectorSearcherContract, ReturnsTheVectorsOfItemsInTheirOrder) {
  const ItemId first = add(1, {1, 0, 0, 0}, 10);
  const ItemId second = add(2, {0, 1, 0, 0}, 20);
  catch_up();
  const std::vector<ItemId> wanted = {second, ItemId{999'999}, first};
  const auto vectors = searcher().vectors_of(wanted).value();
  ASSERT_EQ(vectors.size(), 2U);
  EXPECT_EQ(vectors[0].item, second);
  EXPECT_EQ(vectors[1].item, first);
  EXPECT_EQ(vectors[1].values, (std::vector<float>{1, 0, 0, 0}));
}

TEST_P(VectorSearcherContract, ReportsItsState) {
  add(1, {1, 0, 0, 0}, 10);
  catch_up();
  EXPECT_TRUE(searcher().is_complete());
  EXPECT_EQ(searcher().space().name, "test");
  const SearcherState state = searcher().state().value();
  EXPECT_EQ(state.position, catalogue_->store().changes().position().value());
  EXPECT_FALSE(state.kind.empty());
  EXPECT_EQ(searcher().position().value_or(state.position), state.position);
}

// Any index uses the bitmap of memory columns, and the database uses the filter of any columns.
TEST_P(VectorSearcherContract, WorksWithMemoryColumns) {
  const ItemId first = add(1, {1, 0, 0, 0}, 10);
  add(2, {1, 0, 0, 0}, 20);
  catch_up();
  CatalogueColumns memory(catalogue_->store(), {}, Log::silent());
  memory.catch_up().value();
  const auto cheap = MemoryColumns(memory).select(filter(R"({"price_range":[null,15]})")).value();
  EXPECT_THAT(items(searcher().nearest(std::vector<float>{1, 0, 0, 0}, 10, cheap).value()),
              ElementsAre(first));
}

// A selection without the form that a searcher reads is an error, never undefined behaviour.
TEST_P(VectorSearcherContract, ASelectionWithoutTheNeededFormIsAnError) {
  add(1, {1, 0, 0, 0}, 10);
  catch_up();
  const std::vector<float> query = {1, 0, 0, 0};
  const Selection empty;
  const auto found = searcher().nearest(query, 10, empty);
  const auto candidates = searcher().candidates(query, 10, empty);
  if (GetParam().index) {
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kInternal);
    EXPECT_EQ(candidates.error().code, ErrorCode::kInternal);
  } else {
    EXPECT_EQ(found.value().size(), 1U) << "an empty filter selects the active items";
  }
}

class PostgresSearcherTest : public testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    catalogues_ = std::make_unique<RandomCatalogues>(GetParam());
  }
  static std::vector<std::int64_t> nearest(TestCatalogue& catalogue, std::span<const float> query,
                                           std::size_t limit, const Filter& filter, float least) {
    return sorted_ids(catalogue.searcher()
                          .nearest(query, limit, catalogue.columns().select(filter).value(), least)
                          .value());
  }
  std::unique_ptr<RandomCatalogues> catalogues_;
};

INSTANTIATE_TEST_SUITE_P(Engines, PostgresSearcherTest, testing::ValuesIn(searching_engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(PostgresSearcherTest, AgreesWithMemory) {
  catalogues_->fill(300);
  for (int round = 0; round < 40; ++round) {
    const Filter filter = round == 0 ? Filter{} : catalogues_->filter();
    const auto query = catalogues_->vector();
    for (const auto& [limit, least] : {std::pair(20, -2.0F), std::pair(50, 0.1F)}) {
      const auto size = static_cast<std::size_t>(limit);
      EXPECT_EQ(nearest(catalogues_->other(), query, size, filter, least),
                nearest(catalogues_->memory(), query, size, filter, least))
          << round;
    }
  }
}

// The catalogue has enough rows for a graph search.
TEST_P(PostgresSearcherTest, PagesAreFullForSelectiveFilters) {
  catalogues_->fill(2500);
  for (const auto conditions :
       {R"({})", R"({"primary_color":"red"})", R"({"brand":"gap","price_range":[5,20]})",
        R"({"pattern":"patter-3","price_range":[100,120]})"}) {
    const Filter wanted = filter(conditions);
    std::size_t right = 0;
    std::size_t all = 0;
    for (int round = 0; round < 10; ++round) {
      const auto query = catalogues_->vector();
      const auto found = nearest(catalogues_->other(), query, 20, wanted, -2);
      const auto truth = nearest(catalogues_->memory(), query, 20, wanted, -2);
      ASSERT_EQ(found.size(), truth.size()) << conditions;
      EXPECT_EQ(std::set(found.begin(), found.end()).size(), found.size()) << "an item comes once";
      for (const auto id : truth) right += std::ranges::contains(found, id);
      all += truth.size();
    }
    EXPECT_GE(static_cast<double>(right), 0.95 * static_cast<double>(all)) << conditions;
  }
}

}  // namespace
}  // namespace fit::search
