#include "search/result_cache.h"

#include <gtest/gtest.h>

#include <csignal>
#include <random>
#include <thread>

#include "base/format.h"
#include "base/temp_dir.h"
#include "cache/memory_cache.h"
#include "cache/redis_cache.h"
#include "cache/test_redis.h"
#include "cache/tiered_cache.h"
#include "search/index_searcher.h"
#include "search/memory_columns.h"
#include "search/personal_order.h"
#include "search/result_codec.h"
#include "search/test_embedder.h"
#include "search/test_items.h"

namespace fit::search {
namespace {

constexpr int kCachedDimensions = 8;

// Embeds each text as a direction of its own, and counts the texts.
class CountingEmbedder final : public TestEmbedder {
 public:
  CountingEmbedder()
      : TestEmbedder("counting", kCachedDimensions, true,
                     {.photo = {}, .words = embed::RelevanceCurve::make("words", {0, 1}).value()}) {}
  Result<std::vector<embed::Vector>> embed_texts(std::span<const std::string> texts) override {
    texts_ += static_cast<int>(texts.size());
    std::vector<embed::Vector> vectors;
    for (const std::string& text : texts) {
      embed::Vector vector(kCachedDimensions, 0.1F);
      vector[text.size() % kCachedDimensions] = 1;
      FIT_CHECK(embed::normalize(vector, kCachedDimensions, "counting"));
      vectors.push_back(std::move(vector));
    }
    return vectors;
  }
  std::atomic<int> texts_ = 0;
};

// Forwards to another cache, and damages the values that it returns.
class DamagingCache final : public cache::Cache {
 public:
  explicit DamagingCache(cache::Cache& inner) : inner_(inner) {}
  std::optional<cache::Found> get(std::string_view key) override {
    auto found = inner_.get(key);
    if (found && damage) damage(found->value);
    return found;
  }
  void put(std::string_view key, ByteView value, cache::milliseconds time) override {
    size = value.size();
    inner_.put(key, value, time);
  }
  std::size_t max_value_bytes() const override { return inner_.max_value_bytes(); }
  std::function<void(Bytes&)> damage;
  std::size_t size = 0;  // the size of the last value stored

 private:
  cache::Cache& inner_;
};

class ResultCacheTest : public testing::Test {
 protected:
  ResultCacheTest() {
    for (int i = 0; i < 40; ++i) add(i);
    catch_up();
    open(cache_);
  }

  void open(cache::Cache& cache, const std::string& settings = "",
            std::optional<embed::RelevanceCurve> words = std::nullopt) {
    results_cache_ =
        std::make_unique<ResultCache>(ResultCache::Parts{.store = *store_,
                                                         .searcher = searcher_,
                                                         .columns = item_columns_,
                                                         .cache = cache,
                                                         .time_to_live = std::chrono::hours(1),
                                                         .settings = settings,
                                                         .relevance = {.photo = {}, .words = words},
                                                         .metrics = metrics_,
                                                         .rates = &rates_});
    engine_ = std::make_unique<SearchEngine>(SearchEngine::Parts{.store = *store_,
                                                                 .embedder = embedder_,
                                                                 .searcher = searcher_,
                                                                 .columns = item_columns_,
                                                                 .ontology = *ontology::Ontology::load(),
                                                                 .rerank_spaces = {},
                                                                 .image_limits = {},
                                                                 .metrics = metrics_,
                                                                 .cache = results_cache_.get(),
                                                                 .rates = &rates_});
  }

  ItemId add(int number, const std::string& title = "cotton shirt") {
    std::mt19937 random(static_cast<unsigned>(number));
    std::normal_distribution<float> normal;
    std::vector<float> vector(kCachedDimensions);
    for (float& value : vector) value = normal(random);
    EXPECT_TRUE(embed::normalize(vector, kCachedDimensions, "test"));
    domain::ItemWrite item =
        item_with_vector(number, fit::format("{} {}", title, number), space_.id, std::move(vector));
    item.listing.brand = number % 2 == 0 ? "Acme" : "Levi's";
    item.listing.price = 10 + number;
    item.listing.currency = "USD";
    item.listing.properties[*domain::property_index("primary_color")] = number % 3 == 0 ? "red" : "blue";
    return store_->items().upsert(std::span(&item, 1)).value().front().id;
  }

  void catch_up() {
    ASSERT_TRUE(index_.catch_up());
    ASSERT_TRUE(columns_.catch_up());
  }

  SearchResults search(const Query& query) {
    auto results = engine_->search(query);
    EXPECT_TRUE(results) << results.error().describe();
    return results ? *std::move(results) : SearchResults{};
  }

  static Query typical_query() {
    Query query;
    query.text = "red coton shirt under $45";
    query.limit = 5;
    query.facets = {"brand", "price"};
    query.explain = true;
    query.paged = true;
    return query;
  }

  TempDir dir_;
  Metrics metrics_;
  CurrentRates rates_;
  CountingEmbedder embedder_;
  std::unique_ptr<store::Catalogue> store_ =
      store::open_catalogue("sqlite:////" + (dir_.path() / "fit.db").string().substr(1)).value();
  domain::SpaceRecord space_ =
      store_->spaces().ensure({"counting", "counting", "1", kCachedDimensions}).value();
  CatalogueColumns columns_{*store_, {}, Log::silent()};
  MemoryColumns item_columns_{columns_};
  SpaceIndex index_{*store_, {.folder = dir_.path() / "index", .space = space_}, Log::silent()};
  IndexSearcher searcher_{index_};
  cache::MemoryCache cache_{{}};
  std::unique_ptr<ResultCache> results_cache_;
  std::unique_ptr<SearchEngine> engine_;
};

void expect_same(const SearchResults& a, const SearchResults& b) {
  ASSERT_EQ(a.hits.size(), b.hits.size());
  for (std::size_t i = 0; i < a.hits.size(); ++i) {
    EXPECT_EQ(a.hits[i].item.listing.title, b.hits[i].item.listing.title);
    EXPECT_EQ(a.hits[i].item.images.size(), b.hits[i].item.images.size());
  }
  EXPECT_EQ(encode_results(a), encode_results(b)) << "and all that is encoded";
}

TEST_F(ResultCacheTest, NewRatesOfExchangeMakeNewResults) {
  const Query query = typical_query();
  EXPECT_FALSE(search(query).is_cached);
  EXPECT_TRUE(search(query).is_cached);
  rates_.set(std::make_shared<const ExchangeRates>(ExchangeRates::parse("rates", "USD,1\nEUR,0.8").value()));
  for (const bool is_cached : {false, true}) {
    const SearchResults results = search(query);
    EXPECT_EQ(results.is_cached, is_cached);
    EXPECT_EQ(results.parsed_text.value().price_currency, "USD");
  }
}

TEST_F(ResultCacheTest, ResultsOfNewRatesAreNotThoseOfTheRatesBefore) {
  const Query query = typical_query();
  const auto key = results_cache_->key_of(query);
  ASSERT_TRUE(key);
  rates_.set(std::make_shared<const ExchangeRates>(ExchangeRates::parse("rates", "USD,1\nEUR,0.8").value()));
  results_cache_->put(*key, search(query));
  EXPECT_FALSE(results_cache_->find(*key)) << "the rates have changed during the search";
  rates_.set(nullptr);
  results_cache_->put(*key, search(query));
  EXPECT_TRUE(results_cache_->find(*key));
}

TEST_F(ResultCacheTest, ARepeatedQueryHasTheSameResultsWithoutTheModel) {
  const SearchResults first = search(typical_query());
  EXPECT_FALSE(first.is_cached);
  ASSERT_EQ(first.hits.size(), 5U);
  ASSERT_TRUE(first.parsed_text);
  EXPECT_FALSE(first.parsed_text->corrected.empty());
  EXPECT_FALSE(first.next_cursor.empty());
  EXPECT_EQ(first.facets.size(), 2U);
  EXPECT_FALSE(first.hits[0].parts.empty());
  const int texts = embedder_.texts_;
  const SearchResults second = search(typical_query());
  EXPECT_TRUE(second.is_cached);
  EXPECT_EQ(embedder_.texts_, texts);
  expect_same(first, second);
  EXPECT_EQ(second.space, "counting");
}

TEST_F(ResultCacheTest, CachesPages) {
  Query query = typical_query();
  query.cursor = search(query).next_cursor;
  const SearchResults first = search(query);
  EXPECT_FALSE(first.is_cached);
  const SearchResults second = search(query);
  EXPECT_TRUE(second.is_cached);
  expect_same(first, second);
}

TEST_F(ResultCacheTest, AWriteInvalidatesResults) {
  Query query;
  query.text = "velvet cape";
  EXPECT_NE(search(query).hits.at(0).item.listing.title, "velvet cape 100");
  EXPECT_TRUE(search(query).is_cached);
  add(100, "velvet cape");
  catch_up();
  const SearchResults after = search(query);
  EXPECT_FALSE(after.is_cached);
  EXPECT_EQ(after.hits.at(0).item.listing.title, "velvet cape 100");
  EXPECT_TRUE(search(query).is_cached);
}

TEST_F(ResultCacheTest, ARemovedItemIsNotReturned) {
  const ItemId first = search(typical_query()).hits.at(0).item.id;
  ASSERT_TRUE(store_->items().remove(first));  // the index still has the item
  for (const Hit& hit : search(typical_query()).hits) EXPECT_NE(hit.item.id, first);
}

TEST_F(ResultCacheTest, CachesNothingWhileTheIndexIsBehind) {
  add(100, "velvet cape");
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(search(typical_query()).is_cached);
  EXPECT_EQ(cache_.stats().entries, 0U);
  ASSERT_TRUE(index_.catch_up());
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(search(typical_query()).is_cached) << "the columns are behind";
  catch_up();
  EXPECT_FALSE(search(typical_query()).is_cached);
  EXPECT_TRUE(search(typical_query()).is_cached);
}

// A person who likes items with even ids.
class EvenOrder final : public PersonalOrder {
 public:
  std::int64_t learned_at() const override { return 1; }
  Result<std::vector<std::vector<ScorePart>>> parts_of(std::span<const PersonalCandidate> candidates,
                                                       double weight) const override {
    std::vector<std::vector<ScorePart>> parts;
    for (const PersonalCandidate& one : candidates) {
      parts.push_back({{"taste", one.item.value % 2 == 0 ? weight : 0}});
    }
    return parts;
  }
};

TEST_F(ResultCacheTest, PersonalResultsAreNotCached) {
  Query query = typical_query();
  query.weights.taste = 0.5;
  Query personal = query;
  personal.personal = std::make_shared<EvenOrder>();
  const auto first = search(personal);
  EXPECT_EQ(cache_.stats().entries, 0U);
  EXPECT_EQ(first.hits.at(0).item.id.value % 2, 0);
  const auto plain = search(query);
  EXPECT_FALSE(plain.is_cached);
  EXPECT_TRUE(search(query).is_cached);
  EXPECT_FALSE(search(personal).is_cached) << "nobody gets the results of somebody else";
  EXPECT_EQ(search(personal).hits.at(0).item.id, first.hits.at(0).item.id);
}

TEST_F(ResultCacheTest, EveryFieldIsPartOfTheKey) {
  std::vector<Query> queries(1, typical_query());
  const auto add = [&](const std::function<void(Query&)>& change) {
    queries.push_back(typical_query());
    change(queries.back());
  };
  add([](Query& query) { query.text = "blue shirt"; });
  add([](Query& query) { query.item_id = ItemId{1}; });
  add([](Query& query) { query.item_id = ItemId{2}; });
  add([](Query& query) { query.like = {ItemId{1}}; });
  add([](Query& query) { query.like = {ItemId{1}, ItemId{2}}; });
  add([](Query& query) { query.unlike = {ItemId{1}}; });
  add([](Query& query) { query.filter.any_of = {{"brand", {"acme"}}}; });
  add([](Query& query) { query.filter.none_of = {{"brand", {"acme"}}}; });
  add([](Query& query) { query.filter.any_of = {{"size", {"acme"}}}; });
  add([](Query& query) { query.filter.min_price = 20; });
  add([](Query& query) { query.filter.max_price = 20; });
  add([](Query& query) { query.filter.listed_after = Timestamp{}; });
  add([](Query& query) { query.facets = {"brand"}; });
  add([](Query& query) { query.limit = 6; });
  add([](Query& query) { query.min_similarity = -1; });
  add([](Query& query) { query.min_relevance = 0.1; });
  add([](Query& query) { query.weights.text = 2; });
  add([](Query& query) { query.weights.words = 2; });
  add([](Query& query) { query.weights.image = 2; });
  add([](Query& query) { query.weights.properties = 2; });
  add([](Query& query) { query.weights.freshness = 2; });
  add([](Query& query) { query.weights.taste = 0.2; });
  add([](Query& query) { query.collapse_duplicates = true; });
  add([](Query& query) { query.explain = false; });
  add([](Query& query) { query.paged = false; });
  for (std::size_t i = 0; i < queries.size(); ++i) EXPECT_FALSE(search(queries[i]).is_cached) << i;
  for (std::size_t i = 0; i < queries.size(); ++i) EXPECT_TRUE(search(queries[i]).is_cached) << i;
  open(cache_, "other weights of spaces");
  for (std::size_t i = 0; i < queries.size(); ++i) EXPECT_FALSE(search(queries[i]).is_cached) << i;
  const auto curve = [](double middle) {
    return embed::RelevanceCurve::make("words", {0, middle, 1}).value();
  };
  for (const double middle : {0.2, 0.3}) {
    open(cache_, "", curve(middle));
    EXPECT_FALSE(search(typical_query()).is_cached) << "another curve of the model's manifest";
    EXPECT_TRUE(search(typical_query()).is_cached);
  }
}

TEST_F(ResultCacheTest, DoesNotCacheErrors) {
  Query query;
  query.item_id = ItemId{100'000};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(engine_->search(query).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(cache_.stats().entries, 0U);
}

TEST_F(ResultCacheTest, IgnoresDamagedResults) {
  DamagingCache damaging(cache_);
  open(damaging);
  const SearchResults first = search(typical_query());
  for (std::size_t size = 0; size < damaging.size; size += 7) {
    damaging.damage = [&](Bytes& value) { value.resize(size); };
    const SearchResults again = search(typical_query());
    EXPECT_FALSE(again.is_cached) << size;
    expect_same(first, again);
  }
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    damaging.damage = [&](Bytes& value) {
      value.resize(random() % 400);
      for (std::byte& byte : value) byte = static_cast<std::byte>(random() % (i % 2 == 0 ? 256 : 3));
    };
    const SearchResults again = search(typical_query());
    if (!again.is_cached) expect_same(first, again);
  }
  damaging.damage = [&](Bytes& value) { value.push_back(std::byte{0}); };
  EXPECT_FALSE(search(typical_query()).is_cached);
}

TEST_F(ResultCacheTest, ProcessesShareResultsInRedis) {
  FIT_NEEDS_REDIS();
  cache::TestRedis server;
  const auto pool = cache::RedisPool::open(server.url(), Log::silent()).value();
  ASSERT_TRUE(pool->wait_connected(std::chrono::seconds(30)));
  cache::RedisCache redis(*pool);
  open(redis);
  const SearchResults first = search(typical_query());
  cache::MemoryCache memory({});
  const auto pool_of_another = cache::RedisPool::open(server.url(), Log::silent()).value();
  ASSERT_TRUE(pool_of_another->wait_connected(std::chrono::seconds(30)));
  cache::RedisCache redis_of_another(*pool_of_another);
  cache::TieredCache both(memory, redis_of_another);
  open(both);
  const SearchResults second = search(typical_query());
  EXPECT_TRUE(second.is_cached);
  expect_same(first, second);
  EXPECT_NE(metrics_.expose().find(R"(fit_cache_hits_total{kind="answer",level="redis"} 1)"),
            std::string::npos);
}

TEST_F(ResultCacheTest, KillingRedisChangesNoResults) {
  FIT_NEEDS_REDIS();
  std::signal(SIGPIPE, SIG_IGN);
  cache::TestRedis server;
  const auto pool = cache::RedisPool::open(server.url(), Log::silent()).value();
  ASSERT_TRUE(pool->wait_connected(std::chrono::seconds(30)));
  cache::RedisCache redis(*pool);
  open(redis);
  std::vector<Query> queries;
  std::vector<Bytes> expected;
  for (int i = 0; i < 20; ++i) {
    queries.push_back(typical_query());
    queries.back().filter.max_price = 20 + i;
    expected.push_back(encode_results(search(queries.back())));
  }
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (int i = 0; i < 100; ++i) {
        const std::size_t number = random() % queries.size();
        EXPECT_EQ(encode_results(search(queries[number])), expected[number]);
      }
    });
  }
  server.kill();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace fit::search
