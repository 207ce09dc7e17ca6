#include "search/search_engine.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "base/format.h"
#include "search/test_catalogue.h"
#include "search/test_embedder.h"
#include "search/test_items.h"

namespace fit::search {
namespace {

constexpr int kDimensions = 16;

// A small embedder without a model: the vector is given by the image's mean colour.
class ColourEmbedder final : public TestEmbedder {
 public:
  ColourEmbedder() : TestEmbedder("colour", kDimensions, false) {}
  Result<std::vector<embed::Vector>> embed_images(std::span<const media::Image> images) override {
    std::vector<embed::Vector> vectors;
    for (const media::Image& image : images) {
      embed::Vector vector(kDimensions, 0.01F);
      for (std::size_t i = 0; i < image.rgb.size(); ++i) vector[i % 3] += static_cast<float>(image.rgb[i]);
      FIT_CHECK(embed::normalize(vector, kDimensions, "colour"));
      vectors.push_back(std::move(vector));
    }
    return vectors;
  }
};

std::vector<float> random_vector(std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(kDimensions);
  for (float& number : vector) number = normal(random);
  EXPECT_TRUE(embed::normalize(vector, kDimensions, "test"));
  return vector;
}

class SearchEngineTest : public testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    open(GetParam());
  }

  void open(const store::testing::Engine& engine) {
    catalogue_ = std::make_unique<TestCatalogue>(engine, "colour", kDimensions);
    open_engine();
  }

  void open_engine() {
    engine_ = std::make_unique<SearchEngine>(SearchEngine::Parts{.store = catalogue_->store(),
                                                                 .embedder = embedder_,
                                                                 .searcher = catalogue_->searcher(),
                                                                 .columns = catalogue_->columns(),
                                                                 .ontology = *ontology::Ontology::load(),
                                                                 .rerank_spaces = {},
                                                                 .image_limits = {},
                                                                 .metrics = metrics_,
                                                                 .rates = &rates_});
  }

  ItemId add(int number, std::vector<float> vector, double price = 1, const std::string& status = "active",
             const std::string& currency = "USD") {
    domain::ItemWrite item =
        item_with_vector(number, fit::format("item {}", number), catalogue_->space().id, std::move(vector));
    item.listing.price = price;
    item.listing.currency = currency;
    item.listing.status = status;
    return catalogue_->store().items().upsert(std::span(&item, 1)).value().front().id;
  }

  void catch_up() { catalogue_->catch_up(); }

  void set_rates(std::string_view table) {
    rates_.set(std::make_shared<const ExchangeRates>(ExchangeRates::parse("rates", table).value()));
  }

  Metrics metrics_;
  CurrentRates rates_;
  ColourEmbedder embedder_;
  std::unique_ptr<TestCatalogue> catalogue_;
  std::unique_ptr<SearchEngine> engine_;
};

INSTANTIATE_TEST_SUITE_P(Engines, SearchEngineTest,
                         testing::ValuesIn(store::testing::engines_and_partitions()),
                         [](const auto& engine) { return engine.param.name; });

// Tests of the index in memory: snapshots and the change follower.
class IndexedSearchEngineTest : public SearchEngineTest {};

INSTANTIATE_TEST_SUITE_P(Engines, IndexedSearchEngineTest, testing::Values(store::testing::engines().front()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(SearchEngineTest, SimilarItemsExcludeTheItemItself) {
  std::mt19937 random(1);
  const auto vector = random_vector(random);
  const ItemId first = add(1, vector);
  const ItemId twin = add(2, vector);
  for (int i = 3; i < 50; ++i) add(i, random_vector(random));
  catch_up();
  Query query;
  query.item_id = first;
  query.limit = 5;
  const auto results = engine_->search(query);
  ASSERT_TRUE(results) << results.error().describe();
  ASSERT_EQ(results->hits.size(), 5U);
  EXPECT_EQ(results->hits.front().item.id, twin);
  EXPECT_NEAR(results->hits.front().similarity, 1, 1e-5);
  for (const Hit& hit : results->hits) EXPECT_NE(hit.item.id, first);
}

TEST_P(SearchEngineTest, AClientsVectorIsPagedAsAPhotoIs) {
  std::mt19937 random(6);
  const auto vector = random_vector(random);
  const ItemId twin = add(1, vector);
  for (int i = 2; i < 40; ++i) add(i, random_vector(random));
  catch_up();
  Query query;
  query.vector = vector;
  query.vector_space = "colour";
  query.paged = true;
  query.limit = 30;
  const SearchResults whole = engine_->search(query).value();
  ASSERT_EQ(whole.hits.size(), 30U);
  EXPECT_EQ(whole.hits.front().item.id, twin);
  EXPECT_NEAR(whole.hits.front().similarity, 1, 1e-3);
  query.limit = 15;
  const SearchResults first = engine_->search(query).value();
  query.cursor = first.next_cursor;
  const SearchResults second = engine_->search(query).value();
  ASSERT_EQ(second.hits.size(), 15U);
  for (std::size_t i = 0; i < 15; ++i) EXPECT_EQ(second.hits[i].item.id, whole.hits[15 + i].item.id);
  query.vector = random_vector(random);
  EXPECT_EQ(engine_->search(query).error().field, "cursor") << "it belongs to the other vector";
}

TEST_P(SearchEngineTest, AClientsVectorMustBeOfTheSearchedSpace) {
  std::mt19937 random(7);
  const ItemId item = add(1, random_vector(random));
  catch_up();
  Query query;
  query.vector = random_vector(random);
  query.vector_space = "color";
  EXPECT_EQ(engine_->search(query).error().message,
            "is not searched; vectors must be of the space \"colour\"");
  query.vector_space = "colour";
  query.item_id = item;
  EXPECT_EQ(engine_->search(query).error().field, "vector");
  query.item_id.reset();
  EXPECT_TRUE(engine_->search(query));
  query.vector.pop_back();
  EXPECT_EQ(engine_->search(query).error().message,
            "has 15 numbers; the vectors of the space \"colour\" have 16");
}

TEST_P(SearchEngineTest, FilteredPagesAreFull) {
  std::mt19937 random(2);
  ItemId first{};
  for (int i = 0; i < 600; ++i) {
    const ItemId id = add(i, random_vector(random), i % 50 == 0 ? 1000 : i % 40);
    if (i == 0) first = id;
  }
  catch_up();
  Query query;
  query.item_id = first;
  query.limit = 11;
  query.filter.min_price = 1000;
  const auto results = engine_->search(query);
  ASSERT_TRUE(results);
  EXPECT_EQ(results->hits.size(), 11U) << "12 match, the item itself is one of them";
}

std::vector<ItemId> ids_of(const SearchResults& results) {
  std::vector<ItemId> ids;
  for (const Hit& hit : results.hits) ids.push_back(hit.item.id);
  return ids;
}

TEST_P(SearchEngineTest, WordsOfAPriceAreConvertedWhereThereAreRates) {
  std::mt19937 random(5);
  const ItemId dollars = add(1, random_vector(random), 10);
  const ItemId euros = add(2, random_vector(random), 8.5, "active", "EUR");
  add(3, random_vector(random), 9.5, "active", "EUR");
  const ItemId unknown = add(4, random_vector(random), 7, "active", "");
  catch_up();
  Query query;
  query.text = "under 9 eur";
  const SearchResults amounts = engine_->search(query).value();
  EXPECT_EQ(ids_of(amounts), (std::vector{unknown, euros})) << "without rates amounts are compared";
  EXPECT_EQ(amounts.parsed_text.value().price_currency, "");
  set_rates("EUR,1\nUSD,1.25");
  const SearchResults converted = engine_->search(query).value();
  EXPECT_EQ(ids_of(converted), (std::vector{euros, dollars}));
  EXPECT_EQ(converted.parsed_text.value().price_currency, "EUR");
  EXPECT_EQ(converted.parsed_text.value().max_price, 9);
  query.text = "under 9";
  EXPECT_EQ(ids_of(engine_->search(query).value()), (std::vector{unknown, euros}));
  query.text = "under 9 chf";
  const SearchResults none = engine_->search(query).value();
  EXPECT_TRUE(none.hits.empty());
  EXPECT_NE(none.reason.find("price in this range"), std::string::npos) << none.reason;
}

TEST_P(SearchEngineTest, RequiredRangesFollowTheRates) {
  std::mt19937 random(6);
  const ItemId dollars = add(1, random_vector(random), 10);
  const ItemId euros = add(2, random_vector(random), 8.5, "active", "EUR");
  catch_up();
  Query query;
  query.browse = true;
  query.required = filter(R"({"price_range":{"max":9,"currency":"EUR"}})");
  EXPECT_EQ(ids_of(engine_->search(query).value()), (std::vector{euros}));
  EXPECT_FALSE(engine_->may_show(dollars, query.required).value());
  set_rates("EUR,1\nUSD,1.25");
  EXPECT_EQ(ids_of(engine_->search(query).value()), (std::vector{euros, dollars}));
  EXPECT_TRUE(engine_->may_show(dollars, query.required).value());
  query.filter = filter(R"({"price_range":{"max":10,"currency":"USD"}})");
  EXPECT_EQ(ids_of(engine_->search(query).value()), (std::vector{dollars})) << "8.5 EUR are 10.63 USD";
  set_rates("EUR,1\nUSD,1.1");
  query.filter = {};
  EXPECT_EQ(ids_of(engine_->search(query).value()), (std::vector{euros}));
  EXPECT_FALSE(engine_->may_show(dollars, query.required).value());
}

TEST_P(SearchEngineTest, SoldItemsAreNotReturned) {
  std::mt19937 random(3);
  const auto vector = random_vector(random);
  const ItemId example = add(1, vector);
  add(2, vector, 1, "sold");
  const ItemId other = add(3, random_vector(random));
  catch_up();
  Query query;
  query.item_id = example;
  const auto results = engine_->search(query);
  ASSERT_TRUE(results);
  ASSERT_EQ(results->hits.size(), 1U);
  EXPECT_EQ(results->hits[0].item.id, other);
}

TEST_P(SearchEngineTest, ARemovedItemDoesNotShortenThePage) {
  std::mt19937 random(4);
  const auto vector = random_vector(random);
  const ItemId example = add(1, vector);
  const ItemId gone = add(2, vector);
  for (int i = 3; i < 30; ++i) add(i, random_vector(random));
  catch_up();
  ASSERT_TRUE(catalogue_->store().items().remove(gone));  // the index still has the item
  Query query;
  query.item_id = example;
  query.limit = 10;
  const auto results = engine_->search(query);
  ASSERT_TRUE(results);
  EXPECT_EQ(results->hits.size(), 10U);
}

TEST_P(SearchEngineTest, AppliesThresholds) {
  std::mt19937 random(5);
  const ItemId example = add(0, random_vector(random));
  for (int i = 1; i < 100; ++i) add(i, random_vector(random));
  catch_up();
  Query query;
  query.item_id = example;
  query.limit = 100;
  query.min_similarity = 0.3;
  const auto results = engine_->search(query);
  ASSERT_TRUE(results);
  EXPECT_GT(results->hits.size(), 0U);
  EXPECT_LT(results->hits.size(), 99U);
  for (const Hit& hit : results->hits) EXPECT_GE(hit.similarity, 0.3);
}

TEST_P(SearchEngineTest, ErrorsNameTheField) {
  catch_up();
  const auto field_of = [&](const Query& query) {
    const auto results = engine_->search(query);
    return results ? std::string("no error") : results.error().field;
  };
  const auto text_query = [](std::string text, std::size_t limit = 20,
                             std::optional<double> min_similarity = {}) {
    Query query;
    query.text = std::move(text);
    query.limit = limit;
    query.min_similarity = min_similarity;
    return query;
  };
  EXPECT_EQ(field_of({}), "image_base64");
  EXPECT_EQ(field_of(text_query("x", 0)), "limit");
  EXPECT_EQ(field_of(text_query("x", 101)), "limit");
  EXPECT_EQ(field_of(text_query("x", 20, 1.5)), "min_similarity");
  EXPECT_EQ(field_of(text_query("x", 20, std::nan(""))), "min_similarity");
  EXPECT_EQ(field_of(text_query("?!")), "text") << "the space has no text side";
  Query two_questions;
  two_questions.item_id = ItemId{1};
  two_questions.image = Bytes(10);
  EXPECT_EQ(field_of(two_questions), "image_base64");
  Query unknown;
  unknown.item_id = ItemId{999};
  EXPECT_EQ(engine_->search(unknown).error().code, ErrorCode::kNotFound);
}

TEST_P(IndexedSearchEngineTest, IsUnavailableUntilTheIndexIsComplete) {
  std::mt19937 random(6);
  Query query;
  query.item_id = add(1, random_vector(random));
  EXPECT_EQ(engine_->search(query).error().code, ErrorCode::kUnavailable);
  catch_up();
  EXPECT_TRUE(engine_->search(query));
}

TEST_P(IndexedSearchEngineTest, ASnapshotIsLoadedAndCaughtUpByPosition) {
  std::mt19937 random(8);
  for (int i = 0; i < 40; ++i) add(i, random_vector(random));
  catch_up();
  ASSERT_TRUE(catalogue_->index().checkpoint());
  const std::int64_t saved = catalogue_->index().position();
  const ItemId removed = add(0, random_vector(random));
  const ItemId added = add(100, random_vector(random));
  ASSERT_TRUE(catalogue_->store().items().remove(removed));
  catalogue_->reopen();
  open_engine();
  EXPECT_EQ(catalogue_->index().position(), saved);
  EXPECT_EQ(catalogue_->index().vectors()->stats().images, 40U);
  catch_up();
  EXPECT_EQ(catalogue_->index().vectors()->stats().images, 40U);
  Query query;
  query.item_id = added;
  query.limit = 50;
  const auto results = engine_->search(query);
  ASSERT_TRUE(results);
  EXPECT_EQ(results->hits.size(), 39U);
}

TEST_P(IndexedSearchEngineTest, ADamagedSnapshotIsRebuilt) {
  std::mt19937 random(9);
  for (int i = 0; i < 40; ++i) add(i, random_vector(random));
  catch_up();
  ASSERT_TRUE(catalogue_->index().checkpoint());
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(catalogue_->folder().path() / "index")) {
    if (entry.is_regular_file() && entry.file_size() > 100) {
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(entry.file_size() / 2));
      file.put('\x5a').put('\xa5').put('\x5a');
    }
  }
  catalogue_->reopen();
  open_engine();
  EXPECT_EQ(catalogue_->index().position(), 0);
  catch_up();
  EXPECT_EQ(catalogue_->index().vectors()->stats().images, 40U);
}

}  // namespace
}  // namespace fit::search
