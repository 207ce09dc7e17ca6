// Queries are compared with items' texts in a text space whose provider may be unavailable.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/format.h"
#include "base/temp_dir.h"
#include "cache/memory_cache.h"
#include "search/index_searcher.h"
#include "search/memory_columns.h"
#include "search/result_cache.h"
#include "search/search_engine.h"
#include "search/test_embedder.h"
#include "search/test_items.h"

namespace fit::search {
namespace {

constexpr int kTextDimensions = 4;

// Embeds every text as the same vector if it has a text side.
class BlindEmbedder final : public TestEmbedder {
 public:
  explicit BlindEmbedder(bool has_text) : TestEmbedder("blind", kTextDimensions, has_text) {}
  Result<std::vector<embed::Vector>> embed_texts(std::span<const std::string> texts) override {
    if (!space().has_text) return TestEmbedder::embed_texts(texts);
    return std::vector<embed::Vector>(texts.size(), {1, 0, 0, 0});
  }
};

// Embeds texts by whether they are about cold weather, as parkas are.
class Provider final : public embed::TextEmbedder {
 public:
  const embed::Space& space() const override { return space_; }
  Result<std::vector<embed::Vector>> embed(std::span<const std::string> texts, embed::Priority) override {
    ++calls;
    if (away) return Error{ErrorCode::kUnavailable, "away", {}, {}};
    std::vector<embed::Vector> vectors;
    for (const std::string& text : texts) vectors.push_back(vector(text));
    return vectors;
  }
  bool is_available() const override { return !away; }
  static embed::Vector vector(const std::string& text) {
    const bool cold = text.contains("parka") || text.contains("polar");
    if (text.contains("balaclava")) return {0, 0, 0, 1};
    return cold ? embed::Vector{0, 1, 0, 0} : embed::Vector{0, 0, 1, 0};
  }
  bool away = false;
  int calls = 0;

 private:
  embed::Space space_{.name = "texts", .model = "t", .version = "1", .dimensions = 4, .has_text = true};
};

class TextSpaceTest : public testing::TestWithParam<bool> {
 protected:
  TextSpaceTest() : embedder_(GetParam()) {
    space_ = store_->spaces().ensure({"blind", "b", "1", kTextDimensions}).value();
    text_space_ =
        store_->spaces().ensure({"texts", "t", "1", kTextDimensions, domain::VectorsOf::kTexts}).value();
    index_ = std::make_unique<SpaceIndex>(
        *store_, SpaceIndex::Options{.folder = dir_.path() / "index", .space = space_}, Log::silent());
    open_texts();
    for (int i = 0; i < 60; ++i) add(i, i % 20 == 7 ? "parka" : "shirt");
    catch_up();
  }

  void open_texts() {
    text_index_ = std::make_unique<SpaceIndex>(
        *store_, SpaceIndex::Options{.folder = dir_.path() / "texts", .space = text_space_}, Log::silent());
    searcher_ = std::make_unique<IndexSearcher>(*index_);
    text_searcher_ = std::make_unique<IndexSearcher>(*text_index_);
    results_cache_ = std::make_unique<ResultCache>(ResultCache::Parts{.store = *store_,
                                                                      .searcher = *searcher_,
                                                                      .columns = item_columns_,
                                                                      .text_searcher = text_searcher_.get(),
                                                                      .cache = cache_,
                                                                      .time_to_live = std::chrono::hours(1),
                                                                      .settings = {},
                                                                      .metrics = metrics_});
    engine_ =
        std::make_unique<SearchEngine>(SearchEngine::Parts{.store = *store_,
                                                           .embedder = embedder_,
                                                           .searcher = *searcher_,
                                                           .columns = item_columns_,
                                                           .ontology = *ontology::Ontology::load(),
                                                           .rerank_spaces = {},
                                                           .image_limits = {},
                                                           .metrics = metrics_,
                                                           .cache = results_cache_.get(),
                                                           .texts = TextSearch{texts_, *text_searcher_}});
  }

  ItemId add(int number, const std::string& what, bool with_text_vector = true) {
    domain::ItemWrite item =
        item_with_vector(number, fit::format("{} {}", what, number), space_.id, {1, 0, 0, 0});
    item.listing.price = number;
    const ItemId id = store_->items().upsert(std::span(&item, 1)).value().front().id;
    if (!with_text_vector) return id;
    const store::TextVectorWrite put{{id, store_->items().get(id).value().updated_at, "h"},
                                     Provider::vector(what)};
    EXPECT_TRUE(store_->vectors().put(text_space_.id, std::span(&put, 1)));
    return id;
  }

  void catch_up() {
    ASSERT_TRUE(index_->catch_up());
    ASSERT_TRUE(text_index_->catch_up());
    ASSERT_TRUE(columns_.catch_up());
  }

  SearchResults search(const Query& query) {
    auto results = engine_->search(query);
    EXPECT_TRUE(results) << results.error().describe();
    return results.value_or(SearchResults{});
  }
  static Query words(const std::string& text) {
    Query query;
    query.text = text;
    query.limit = 3;
    query.explain = true;
    return query;
  }
  static std::set<std::string> kinds(const SearchResults& results) {
    std::set<std::string> kinds;
    for (const Hit& hit : results.hits)
      kinds.insert(hit.item.listing.title.substr(0, hit.item.listing.title.find(' ')));
    return kinds;
  }
  static bool has_part(const SearchResults& results, std::string_view name) {
    return std::ranges::any_of(results.hits, [&](const Hit& hit) {
      return std::ranges::any_of(hit.parts, [&](const ScorePart& part) { return part.name == name; });
    });
  }

  TempDir dir_;
  Metrics metrics_;
  BlindEmbedder embedder_;
  Provider provider_;
  cache::MemoryCache cache_{{}};
  cache::CacheNamespace cached_words_{cache_, "text", std::chrono::hours(1), metrics_};
  std::unique_ptr<store::Catalogue> store_ =
      store::open_catalogue("sqlite:///" + (dir_.path() / "fit.db").string()).value();
  domain::SpaceRecord space_;
  domain::SpaceRecord text_space_;
  CatalogueColumns columns_{*store_, {}, Log::silent()};
  MemoryColumns item_columns_{columns_};
  std::unique_ptr<SpaceIndex> index_;
  std::unique_ptr<SpaceIndex> text_index_;
  TextSpace texts_{{.embedder = provider_, .cache = &cached_words_, .metrics = metrics_}};
  std::unique_ptr<IndexSearcher> searcher_;
  std::unique_ptr<IndexSearcher> text_searcher_;
  std::unique_ptr<ResultCache> results_cache_;
  std::unique_ptr<SearchEngine> engine_;
};

INSTANTIATE_TEST_SUITE_P(WithAndWithoutLocalText, TextSpaceTest, testing::Bool(),
                         [](const auto& text) { return text.param ? "Text" : "NoText"; });

TEST_P(TextSpaceTest, FindsItemsByTheMeaningOfTheirTexts) {
  const SearchResults results = search(words("for polar nights"));
  ASSERT_EQ(results.hits.size(), 3U);
  EXPECT_EQ(kinds(results), std::set<std::string>{"parka"});
  EXPECT_TRUE(has_part(results, "texts"));
  EXPECT_FALSE(results.is_degraded);
}

TEST_P(TextSpaceTest, AppliesFiltersAndWeights) {
  Query query = words("for polar nights");
  query.filter.max_price = 30;
  const SearchResults few = search(query);
  ASSERT_GE(few.hits.size(), 2U);
  EXPECT_EQ(few.hits[0].item.listing.title.substr(0, 5), "parka");
  EXPECT_EQ(few.hits[1].item.listing.title.substr(0, 5), "parka");
  for (const Hit& hit : few.hits) EXPECT_LE(hit.item.listing.price, 30);
  if (!GetParam()) return;
  query.weights.text = 0;
  const SearchResults without = search(query);
  EXPECT_FALSE(has_part(without, "texts"));
}

TEST_P(TextSpaceTest, ComparesTheWordsOfAQueryWithAnExample) {
  Query query = words("for polar nights");
  query.item_id = ItemId{1};
  query.limit = 50;
  EXPECT_TRUE(has_part(search(query), "texts"));
}

TEST_P(TextSpaceTest, ProceedsWithoutAnUnavailableProvider) {
  provider_.away = true;
  const SearchResults without = search(words("a parka please"));
  EXPECT_TRUE(without.is_degraded);
  EXPECT_FALSE(has_part(without, "texts"));
  EXPECT_EQ(without.hits.at(0).item.listing.title.substr(0, 5), "parka") << "by its title's words";
  EXPECT_FALSE(search(words("a parka please")).is_cached) << "not cached: the provider may work again";
  EXPECT_THAT(metrics_.expose(), testing::HasSubstr("fit_text_embedding_fallbacks_total 2"));

  provider_.away = false;
  EXPECT_TRUE(has_part(search(words("a parka please")), "texts"));
  const int calls = provider_.calls;
  provider_.away = true;
  EXPECT_TRUE(search(words("a parka please")).is_cached);
  Query other = words("a parka please");
  other.limit = 7;
  EXPECT_TRUE(has_part(search(other), "texts")) << "the vector of the words is cached";
  EXPECT_EQ(provider_.calls, calls);
}

TEST_P(TextSpaceTest, FindsItemsWithoutATextVector) {
  add(100, "balaclava", false);
  catch_up();
  const SearchResults results = search(words("balaclava"));
  EXPECT_EQ(results.hits.at(0).item.listing.title, "balaclava 100");
}

TEST_P(TextSpaceTest, TheIndexFollowsChangesAndIsSaved) {
  const ItemId late = add(100, "polar boots");
  catch_up();
  Query query = words("for polar nights");
  query.limit = 4;
  EXPECT_TRUE(std::ranges::any_of(search(query).hits, [&](const Hit& hit) { return hit.item.id == late; }));
  ASSERT_TRUE(text_index_->checkpoint());
  open_texts();
  EXPECT_EQ(text_index_->vectors()->stats().images, 61U) << "from its snapshot";
  ASSERT_TRUE(store_->items().remove(late));
  catch_up();
  EXPECT_EQ(text_index_->vectors()->stats().images, 60U);
}

}  // namespace
}  // namespace fit::search
