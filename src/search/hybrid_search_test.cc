// Composed queries on a real store and index.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <set>

#include "base/format.h"
#include "search/cursor.h"
#include "search/search_engine.h"
#include "search/test_catalogue.h"
#include "search/test_embedder.h"
#include "search/test_items.h"

namespace fit::search {
namespace {

using ::testing::HasSubstr;

constexpr std::array<std::string_view, 4> kKinds = {"dress", "jacket", "shoes", "bag"};
constexpr std::array<std::string_view, 4> kColours = {"red", "blue", "green", "black"};
constexpr int kDimensions = 16;

// Axes 0 to 3: the kind; 4 to 7: the colour; the rest is noise.
embed::Vector vector_of(double kind_weight, std::size_t kind, double colour_weight, std::size_t colour,
                        std::mt19937& random) {
  std::normal_distribution<float> noise(0, 0.08F);
  embed::Vector vector(kDimensions);
  for (float& number : vector) number = noise(random);
  vector[kind] += static_cast<float>(kind_weight);
  vector[4 + colour] += static_cast<float>(colour_weight);
  EXPECT_TRUE(embed::normalize(vector, kDimensions, "test"));
  return vector;
}

// Embeds the words of kinds and colours, and every image file as `photo`.
class WordEmbedder final : public AxesEmbedder {
 public:
  explicit WordEmbedder(bool has_text)
      : AxesEmbedder({"dress", "jacket", "shoes", "bag", "red", "blue", "green", "black"}, kDimensions,
                     has_text,
                     {.photo = embed::RelevanceCurve::make("photo", {0, 0, 1}).value(),
                      .words = embed::RelevanceCurve::make("words", {0, 0.2, 1}).value()}) {}

  Result<embed::Vector> embed_file(std::string_view, ByteView, const media::Limits&) override {
    return photo;
  }
  Result<std::vector<embed::PropertyPredictions>> predict(std::span<const embed::Vector> vectors) override {
    return std::vector(vectors.size(), predicted);
  }
  Result<std::vector<std::vector<float>>> score_labels(std::span<const embed::Vector> vectors,
                                                       std::span<const embed::Label> labels) override {
    std::vector<std::vector<float>> scores(labels.size());
    for (std::size_t i = 0; i < labels.size() && scores_red; ++i) {
      if (labels[i].value != "red") continue;
      for (const embed::Vector& vector : vectors) scores[i].push_back(vector[4] > 0.5F ? 0.9F : 0.1F);
    }
    return scores;
  }

  embed::Vector photo;
  embed::PropertyPredictions predicted;  // of every vector
  bool scores_red = false;               // score_labels() knows the axis of red
};

struct Setting {
  store::testing::Engine engine;
  bool has_text = false;
};

std::vector<Setting> settings() {
  std::vector<Setting> all;
  for (const auto& engine : store::testing::engines()) {
    for (const bool has_text : {false, true}) all.push_back({engine, has_text});
  }
  return all;
}

class HybridSearchTest : public testing::TestWithParam<Setting> {
 protected:
  HybridSearchTest() : embedder_(GetParam().has_text) {}

  void SetUp() override {
    if (!GetParam().engine.is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    catalogue_ = std::make_unique<TestCatalogue>(GetParam().engine, "words", kDimensions);
    store_ = &catalogue_->store();
    engine_ = std::make_unique<SearchEngine>(SearchEngine::Parts{.store = *store_,
                                                                 .embedder = embedder_,
                                                                 .searcher = catalogue_->searcher(),
                                                                 .columns = catalogue_->columns(),
                                                                 .ontology = *ontology::Ontology::load(),
                                                                 .rerank_spaces = {},
                                                                 .image_limits = {},
                                                                 .metrics = metrics_});
  }
  static bool has_text() { return GetParam().has_text; }

  // Adds 15 items of every kind and colour. As often in images, the kind affects the vectors less than the
  // colour.
  void fill() {
    for (int i = 0; i < 240; ++i) add(i, kind(i), colour(i));
    catch_up();
  }
  static std::size_t kind(int number) { return static_cast<std::size_t>(number % 4); }
  static std::size_t colour(int number) { return static_cast<std::size_t>(number / 4 % 4); }

  ItemId add(int number, std::size_t kind, std::size_t colour, std::optional<embed::Vector> vector = {},
             std::uint64_t hash = 0) {
    if (!vector) vector = vector_of(0.8, kind, 1, colour, random_);
    domain::ItemWrite item =
        item_with_vector(number, listing_.title.empty() ? fit::format("item {}", number) : listing_.title,
                         catalogue_->space().id, *std::move(vector));
    item.listing.brand = listing_.brand;
    item.listing.listed_at = listing_.listed_at;
    item.listing.description = listing_.description;
    item.listing.price = number;
    item.listing.properties[*domain::property_index("subcategory")] = kKinds[kind];
    item.listing.properties[*domain::property_index("primary_color")] = kColours[colour];
    item.images.front().perceptual_hash = hash != 0 ? hash : random_();
    const ItemId id = store_->items().upsert(std::span(&item, 1)).value().front().id;
    ids_.push_back(id);
    return id;
  }

  void catch_up() { catalogue_->catch_up(); }

  SearchResults search(const Query& query) {
    auto results = engine_->search(query);
    EXPECT_TRUE(results) << results.error().describe();
    return results.value_or(SearchResults{});
  }

  static std::string property(const Hit& hit, std::string_view name) {
    return hit.item.listing.properties[*domain::property_index(name)];
  }
  static double share(const SearchResults& results, std::string_view name, std::string_view value) {
    double count = 0;
    for (const Hit& hit : results.hits) count += property(hit, name) == value;
    return results.hits.empty() ? 0 : count / static_cast<double>(results.hits.size());
  }

  struct Texts {
    std::string title;
    std::string brand;
    std::optional<Timestamp> listed_at = {};
    std::string description = {};
  };
  Texts listing_;  // the texts of items that add() makes; an empty title is replaced by a number

  Metrics metrics_;
  WordEmbedder embedder_;
  std::mt19937 random_{7};
  std::unique_ptr<TestCatalogue> catalogue_;
  store::Catalogue* store_ = nullptr;  // the store of catalogue_
  std::unique_ptr<SearchEngine> engine_;
  std::vector<ItemId> ids_;
};

INSTANTIATE_TEST_SUITE_P(WithAndWithoutText, HybridSearchTest, testing::ValuesIn(settings()),
                         [](const auto& setting) {
                           return fit::format("{}_{}", setting.param.engine.name,
                                              setting.param.has_text ? "Text" : "NoText");
                         });

// A photo of a pink dress in a catalogue whose red T-shirts are nearer to it than most dresses.
class KeepsTheKindTest : public HybridSearchTest {
 protected:
  void SetUp() override {
    HybridSearchTest::SetUp();
    if (IsSkipped()) return;
    embedder_.photo = vector_of(0.8, 0, 0.4, 0, random_);
    embedder_.predicted = {{"category", {{"dresses", 0.9F}}}, {"subcategory", {{"dress", 0.8F}}}};
    for (int i = 0; i < 130; ++i)
      piece("tops", "t-shirt", "red", 20 + i % 30, vector_of(0.8, 0, 0.5, 0, random_));
    for (int i = 0; i < 17; ++i)
      piece("dresses", "dress", i % 2 == 0 ? "pink" : "blue", 30 + i, dress_vector());
    for (int i = 0; i < 4; ++i) piece("dresses", "dress", "red", 60 + i, dress_vector());
    for (int i = 0; i < 3; ++i) piece("", "", "red", 40, vector_of(0.8, 2, 0.5, 1, random_));
    for (int i = 0; i < 6; ++i) piece("shoes", "sneakers", "black", 45, vector_of(0.8, 2, 0.5, 3, random_));
    catch_up();
  }

  embed::Vector dress_vector() { return vector_of(0.5, 0, 0.6, 1, random_); }

  ItemId piece(std::string category, std::string subcategory, std::string colour, double price,
               embed::Vector vector, std::string material = "") {
    const int number = next_++;
    domain::ItemWrite item =
        item_with_vector(number, fit::format("item {}", number), catalogue_->space().id, std::move(vector));
    item.listing.price = price;
    item.listing.currency = "USD";
    auto& properties = item.listing.properties;
    properties[*domain::property_index("category")] = std::move(category);
    properties[*domain::property_index("subcategory")] = std::move(subcategory);
    properties[*domain::property_index("primary_color")] = std::move(colour);
    properties[*domain::property_index("material")] = std::move(material);
    return store_->items().upsert(std::span(&item, 1)).value().front().id;
  }

  static Query with_photo(std::string text, std::size_t limit = 60) {
    Query query;
    query.image = Bytes(8);
    query.text = std::move(text);
    query.limit = limit;
    return query;
  }

  // How many of the first results have the value.
  static std::size_t leading(const SearchResults& results, std::string_view name, std::string_view value) {
    const auto other =
        std::ranges::find_if(results.hits, [&](const Hit& hit) { return property(hit, name) != value; });
    return static_cast<std::size_t>(other - results.hits.begin());
  }

  static std::string given_up(const SearchResults& results) {
    std::string text;
    for (const auto& [property, value] : results.given_up) {
      text += fit::format("{}{} {}", text.empty() ? "" : ", ", domain::kProperties[property], value);
    }
    return text;
  }

  int next_ = 0;
};

INSTANTIATE_TEST_SUITE_P(WithAndWithoutText, KeepsTheKindTest, testing::ValuesIn(settings()),
                         [](const auto& setting) {
                           return fit::format("{}_{}", setting.param.engine.name,
                                              setting.param.has_text ? "Text" : "NoText");
                         });

TEST_P(KeepsTheKindTest, GivesUpTheColourForTheKind) {
  const SearchResults results = search(with_photo("in red under $50"));
  ASSERT_EQ(results.hits.size(), 60U);
  EXPECT_EQ(leading(results, "subcategory", "dress"), 17U);
  for (std::size_t i = 17; i < 20; ++i) EXPECT_EQ(property(results.hits[i], "category"), "") << i;
  for (std::size_t i = 20; i < 60; ++i) EXPECT_NE(property(results.hits[i], "category"), "") << i;
  EXPECT_EQ(given_up(results), "primary_color red");
  for (const Hit& hit : results.hits) EXPECT_LE(*hit.item.listing.price, 50);
}

TEST_P(KeepsTheKindTest, GivesNothingUpThatExists) {
  const SearchResults cheap = search(with_photo("in red under $62"));
  EXPECT_EQ(leading(cheap, "primary_color", "red"), 3U);
  EXPECT_EQ(leading(cheap, "subcategory", "dress"), 20U);
  EXPECT_EQ(given_up(cheap), "");
  EXPECT_EQ(given_up(search(with_photo("under $50"))), "");
  const ItemId slip = piece("dresses", "slip dress", "red", 45, dress_vector());
  catch_up();
  const SearchResults narrower = search(with_photo("in red under $50"));
  EXPECT_EQ(narrower.hits.at(0).item.id, slip);
  EXPECT_EQ(given_up(narrower), "") << "a slip dress is a dress";
  EXPECT_EQ(leading(search(with_photo("under $50")), "category", "dresses"), 18U) << "a price names no kind";
}

TEST_P(KeepsTheKindTest, GivesUpFewAndColoursLast) {
  const ItemId cotton = piece("dresses", "dress", "pink", 45, dress_vector(), "cotton");
  const ItemId red = piece("dresses", "dress", "red", 45, dress_vector(), "silk");
  piece("tops", "t-shirt", "red", 45, embedder_.photo, "cotton");
  catch_up();
  SearchResults results = search(with_photo("in red cotton under $50"));
  EXPECT_EQ(results.hits.at(0).item.id, red);
  EXPECT_EQ(results.hits.at(1).item.id, cotton);
  EXPECT_EQ(leading(results, "subcategory", "dress"), 19U);
  EXPECT_EQ(given_up(results), "material cotton");

  results = search(with_photo("in black cotton under $50"));
  EXPECT_EQ(results.hits.at(0).item.id, cotton);
  EXPECT_EQ(given_up(results), "primary_color black") << "no dress is black";

  results = search(with_photo("in green wool under $50"));
  EXPECT_EQ(leading(results, "subcategory", "dress"), 19U);
  EXPECT_EQ(given_up(results), "primary_color green, material wool");

  results = search(with_photo("in green or red under $50"));
  EXPECT_EQ(results.hits.at(0).item.id, red) << "one of two colours is enough";
  EXPECT_EQ(given_up(results), "");
}

TEST_P(HybridSearchTest, AVectorFindsWhatIsNearIt) {
  fill();
  Query by_item;
  by_item.item_id = ids_[3];
  Query by_vector;
  by_vector.vector =
      store_->vectors().of_items(catalogue_->space().id, std::span(&ids_[3], 1)).value()[0].values;
  const auto near = search(by_item).hits;
  const auto found = search(by_vector).hits;
  ASSERT_GT(found.size(), 3U);
  EXPECT_EQ(found[0].item.id, ids_[3]) << "an item with the vector itself is not excluded";
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(found[i + 1].item.id, near[i].item.id);
  by_vector.filter.any_of = {{"primary_color", {"blue"}}};
  for (const Hit& hit : search(by_vector).hits) EXPECT_EQ(property(hit, "primary_color"), "blue");
  by_vector.vector.pop_back();
  EXPECT_EQ(engine_->search(by_vector).error().field, "vector");
  by_vector.vector.push_back(0);
  by_vector.paged = true;
  EXPECT_EQ(engine_->search(by_vector).error().field, "cursor");
}

TEST_P(KeepsTheKindTest, WidensTheTypeToItsCategory) {
  const ItemId denim = piece("outerwear", "denim jacket", "blue", 45, vector_of(0.8, 1, 0.5, 1, random_));
  piece("outerwear", "denim jacket", "black", 45, vector_of(0.8, 1, 0.5, 3, random_));
  const ItemId coat = piece("outerwear", "coat", "red", 45, vector_of(0.4, 1, 0.5, 3, random_));
  catch_up();
  Query query;
  query.item_id = denim;
  query.text = "in red";
  SearchResults results = search(query);
  EXPECT_EQ(results.hits.at(0).item.id, coat);
  EXPECT_EQ(leading(results, "category", "outerwear"), 2U);
  EXPECT_EQ(given_up(results), "subcategory denim jacket");
  query.text = "in green";
  results = search(query);
  EXPECT_EQ(leading(results, "category", "outerwear"), 2U);
  EXPECT_EQ(property(results.hits.at(0), "subcategory"), "denim jacket");
  EXPECT_EQ(given_up(results), "primary_color green");
}

TEST_P(KeepsTheKindTest, WordsNameAnotherKind) {
  SearchResults results = search(with_photo("red shoes under $50"));
  EXPECT_EQ(leading(results, "category", "shoes"), 6U);
  EXPECT_EQ(given_up(results), "primary_color red");
  results = search(with_photo("black shoes"));
  EXPECT_EQ(leading(results, "category", "shoes"), 6U);
  EXPECT_EQ(given_up(results), "");
}

TEST_P(KeepsTheKindTest, SaysThatTheKindDoesNotExist) {
  SearchResults results = search(with_photo("in red under $25"));
  EXPECT_EQ(leading(results, "subcategory", "t-shirt"), results.hits.size());
  EXPECT_EQ(given_up(results), "subcategory dress");
  results = search(with_photo("in green under $25"));
  EXPECT_FALSE(results.hits.empty());
  EXPECT_EQ(given_up(results), "subcategory dress, primary_color green");
  results = search(with_photo("in red under $1"));
  EXPECT_TRUE(results.hits.empty());
  EXPECT_EQ(given_up(results), "") << "the reason says it";
}

TEST_P(KeepsTheKindTest, AnUncertainKindIsNotKept) {
  embedder_.predicted = {{"category", {{"dresses", 0.4F}}}};
  const SearchResults results = search(with_photo("in red under $50"));
  EXPECT_EQ(property(results.hits.at(0), "primary_color"), "red");
  EXPECT_EQ(given_up(results), "");
}

TEST_P(KeepsTheKindTest, WhatTheModelSeesIsNotGivenUp) {
  embedder_.scores_red = true;
  const ItemId unlabelled = piece("dresses", "dress", "", 45, vector_of(0.5, 0, 1, 0, random_));
  catch_up();
  const SearchResults results = search(with_photo("in red under $50"));
  EXPECT_EQ(results.hits.at(0).item.id, unlabelled);
  EXPECT_EQ(leading(results, "subcategory", "dress"), 18U);
  EXPECT_EQ(given_up(results), "");
}

TEST_P(KeepsTheKindTest, PagesKeepTheOrder) {
  Query query = with_photo("in red under $50", 100);
  query.paged = true;
  std::vector<ItemId> whole;
  for (SearchResults page = search(query);; page = search(query)) {
    for (const Hit& hit : page.hits) whole.push_back(hit.item.id);
    if (page.next_cursor.empty()) break;
    query.cursor = page.next_cursor;
  }
  EXPECT_EQ(whole.size(), 156U);
  query = with_photo("in red under $50", 7);
  query.paged = true;
  std::vector<ItemId> paged;
  for (int pages = 0; pages < 30; ++pages) {
    const SearchResults page = search(query);
    EXPECT_EQ(given_up(page), page.hits.empty() ? "" : "primary_color red");
    for (const Hit& hit : page.hits) paged.push_back(hit.item.id);
    if (page.next_cursor.empty()) break;
    query.cursor = page.next_cursor;
  }
  EXPECT_EQ(paged, whole);
}

// More items of the kind than are ranked: those behind the ranked ones still come before other kinds.
TEST_P(KeepsTheKindTest, ItemsOfTheKindBehindTheRankedOnesComeFirst) {
  for (int i = 0; i < 150; ++i) piece("dresses", "dress", "blue", 45, dress_vector());
  catch_up();
  Query query = with_photo("in red under $50", 50);
  query.paged = true;
  std::size_t dresses = 0;
  std::set<ItemId> met;
  for (bool is_over = false; !query.cursor.empty() || met.empty();) {
    const SearchResults page = search(query);
    for (const Hit& hit : page.hits) {
      EXPECT_TRUE(met.insert(hit.item.id).second);
      const bool is_dress = property(hit, "subcategory") == "dress";
      EXPECT_FALSE(is_dress && is_over);
      is_over = is_over || !is_dress;
      dresses += is_dress ? 1 : 0;
    }
    query.cursor = page.next_cursor;
  }
  EXPECT_EQ(dresses, 167U);
  EXPECT_EQ(met.size(), 306U);
}

TEST_P(KeepsTheKindTest, WordsAloneGiveNothingUp) {
  Query query;
  query.text = "green dress under $50";
  EXPECT_EQ(given_up(search(query)), "");
}

TEST_P(HybridSearchTest, FreshnessPutsLaterListingsFirst) {
  for (int i = 0; i < 8; ++i) {
    listing_.listed_at = now() - std::chrono::days(i == 5 ? 1 : 400 + i);
    add(i, 0, 0);
  }
  catch_up();
  Query query;
  query.item_id = ids_[0];
  query.limit = 7;
  query.weights.freshness = 100;
  query.explain = true;
  const SearchResults results = search(query);
  ASSERT_EQ(results.hits.size(), 7U);
  EXPECT_EQ(results.hits[0].item.id, ids_[5]);
  EXPECT_TRUE(std::ranges::contains(results.hits[0].parts, "freshness", &ScorePart::name));
}

TEST_P(HybridSearchTest, AWordChangesOnePropertyOfTheExample) {
  fill();
  for (int number = 0; number < 16; ++number) {
    const std::string_view wanted = kColours[(colour(number) + 1) % 4];
    Query query;
    query.item_id = ids_[static_cast<std::size_t>(number)];
    query.text = fit::format("this but in {}", wanted);
    query.limit = 10;
    const SearchResults results = search(query);
    ASSERT_EQ(results.hits.size(), 10U);
    EXPECT_GE(share(results, "primary_color", wanted), 0.9) << query.text;
    EXPECT_GE(share(results, "subcategory", kKinds[kind(number)]), 0.9) << query.text;
    ASSERT_EQ(results.parsed_text->properties.size(), 1U);
  }
}

TEST_P(HybridSearchTest, NegatedValuesRankLower) {
  fill();
  Query query;
  query.item_id = ids_[0];
  query.text = "not red";
  query.limit = 10;
  const SearchResults results = search(query);
  EXPECT_EQ(share(results, "primary_color", "red"), 0);
  EXPECT_GE(share(results, "subcategory", "dress"), 0.9);
}

TEST_P(HybridSearchTest, PriceWordsAreAFilter) {
  fill();
  Query query;
  query.item_id = ids_[0];
  query.text = "under 20";
  query.limit = 100;
  EXPECT_EQ(search(query).hits.size(), 20U);
  query.filter.min_price = 10;
  EXPECT_EQ(search(query).hits.size(), 11U);
  query.filter.min_price = 30;
  const SearchResults none = search(query);
  EXPECT_TRUE(none.hits.empty());
  EXPECT_THAT(none.reason, HasSubstr("contradict"));

  Query alone;
  alone.text = "between 5 and 9 eur";
  const SearchResults latest = search(alone);
  ASSERT_EQ(latest.hits.size(), 5U) << "the latest first when there is nothing to compare with";
  EXPECT_EQ(latest.hits[0].item.id, ids_[9]);
  EXPECT_TRUE(std::isnan(latest.hits[0].similarity));
}

TEST_P(HybridSearchTest, ExamplesForAndAgainst) {
  fill();
  Query query;
  query.like = {ids_[0], ids_[4]};  // a red and a blue dress
  query.limit = 10;
  const SearchResults both = search(query);
  EXPECT_GE(share(both, "subcategory", "dress"), 0.9);
  EXPECT_LE(share(both, "primary_color", "green") + share(both, "primary_color", "black"), 0.1);
  for (const Hit& hit : both.hits) EXPECT_FALSE(std::ranges::contains(query.like, hit.item.id));
  query.unlike = {ids_[20]};  // another blue dress
  query.limit = 5;
  EXPECT_GE(share(search(query), "primary_color", "red"), 0.8);
}

TEST_P(HybridSearchTest, PagesNeverOverlapAndReachEverything) {
  fill();
  Query plain;
  plain.item_id = ids_[3];
  Query composed = plain;
  composed.text = "in blue";
  Query latest;
  latest.text = "under 1000";
  for (Query query : {plain, composed, latest}) {
    query.paged = true;
    query.limit = 23;
    std::set<ItemId> met;
    std::size_t pages = 0;
    for (;; ++pages) {
      ASSERT_LT(pages, 20U);
      const SearchResults page = search(query);
      for (const Hit& hit : page.hits) EXPECT_TRUE(met.insert(hit.item.id).second) << pages;
      if (page.next_cursor.empty()) break;
      query.cursor = page.next_cursor;
    }
    EXPECT_EQ(met.size(), query.item_id ? 239U : 240U);
  }
}

TEST_P(HybridSearchTest, PagesEqualOneLongPage) {
  fill();
  Query query;
  query.item_id = ids_[3];
  query.text = "in blue";
  query.paged = true;
  query.limit = 60;
  const SearchResults whole = search(query);
  query.limit = 20;
  for (std::size_t page = 0; page < 3; ++page) {
    const SearchResults part = search(query);
    ASSERT_EQ(part.hits.size(), 20U);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(part.hits[i].item.id, whole.hits[page * 20 + i].item.id);
    query.cursor = part.next_cursor;
  }
}

TEST_P(HybridSearchTest, BrokenAndForeignCursorsAreRefused) {
  fill();
  Query query;
  query.item_id = ids_[3];
  query.paged = true;
  const std::string cursor = search(query).next_cursor;
  ASSERT_FALSE(cursor.empty());
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    query.cursor = cursor;
    query.cursor[i] = query.cursor[i] == 'A' ? 'B' : 'A';
    const auto refused = engine_->search(query);
    if (refused) continue;  // the changed bits of the last letter are padding
    EXPECT_EQ(refused.error().field, "cursor");
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  }
  for (const std::string text : {"x", "====", "\n", "👗", "AAAA"}) {
    query.cursor = text;
    EXPECT_EQ(engine_->search(query).error().field, "cursor") << text;
  }
  query.cursor = cursor;
  EXPECT_TRUE(engine_->search(query));
  query.filter.min_price = 3;
  EXPECT_THAT(engine_->search(query).error().message, HasSubstr("another query"));
}

TEST_P(HybridSearchTest, DuplicatesAreCollapsed) {
  fill();
  const embed::Vector twin = vector_of(0.8, 0, 1, 0, random_);
  for (int i = 0; i < 30; ++i) add(1000 + i, 0, 0, twin, 0xF0F0 ^ (std::uint64_t{1} << (i % 3)));
  const ItemId other = add(2000, 0, 0, twin, ~std::uint64_t{0xF0F0});  // the same vector, another image
  catch_up();
  Query query;
  query.item_id = ids_[0];
  query.paged = true;
  query.limit = 25;
  query.collapse_duplicates = true;
  std::size_t copies = 0;
  bool has_other = false;
  std::set<ItemId> met;
  for (;;) {
    const SearchResults page = search(query);
    for (const Hit& hit : page.hits) {
      const std::string& name = hit.item.listing.external_id;
      copies += name.size() == 4 && name.starts_with("10");
      has_other = has_other || hit.item.id == other;
      EXPECT_TRUE(met.insert(hit.item.id).second);
    }
    if (page.next_cursor.empty()) break;
    query.cursor = page.next_cursor;
  }
  EXPECT_EQ(copies, 1U);
  EXPECT_TRUE(has_other);
}

TEST_P(HybridSearchTest, ExplainsItsScores) {
  fill();
  Query query;
  query.item_id = ids_[0];
  query.text = "in blue";
  query.explain = true;
  for (const Hit& hit : search(query).hits) {
    double sum = 0;
    for (const ScorePart& part : hit.parts) sum += part.score;
    EXPECT_NEAR(sum, hit.score, 1e-9);
    EXPECT_FALSE(hit.parts.empty());
  }
  query.explain = false;
  EXPECT_TRUE(search(query).hits[0].parts.empty());
}

TEST_P(HybridSearchTest, WeightsChangeTheOrder) {
  fill();
  Query query;
  query.item_id = ids_[0];
  query.text = "in blue";
  query.limit = 10;
  query.weights = {.image = 1, .text = 0, .properties = 0};
  EXPECT_GE(share(search(query), "primary_color", "red"), 0.9) << "words do not count";
}

TEST_P(HybridSearchTest, AppliesFiltersAndThresholds) {
  fill();
  Query query;
  query.item_id = ids_[0];
  query.text = "in blue";
  query.limit = 100;
  query.filter.any_of = {{"subcategory", {"bag"}}};
  const SearchResults bags = search(query);
  EXPECT_EQ(bags.hits.size(), 60U) << "never too few";
  EXPECT_EQ(share(bags, "subcategory", "bag"), 1);
  query.filter = {};
  query.min_similarity = 0.3;
  const SearchResults alike = search(query);
  EXPECT_GT(alike.hits.size(), 0U);
  for (const Hit& hit : alike.hits) EXPECT_GE(hit.similarity, 0.3);
}

TEST_P(HybridSearchTest, RelevanceIsCalibratedForPhotosAndWords) {
  fill();
  const auto expect_cut = [this](Query query) {
    query.limit = 100;
    const SearchResults all = search(query);
    query.min_relevance = 0.4;
    const SearchResults cut = search(query);
    EXPECT_GT(cut.hits.size(), 0U);
    EXPECT_LT(cut.hits.size(), all.hits.size());
    for (const Hit& hit : cut.hits) EXPECT_GE(hit.relevance.value(), 0.4 - 1e-6);
    const auto above = std::ranges::count_if(all.hits, [](const Hit& hit) { return *hit.relevance >= 0.4; });
    EXPECT_GE(cut.hits.size(), static_cast<std::size_t>(above)) << "what is relevant enough stays";
    query.min_relevance = 0.99;
    EXPECT_LT(search(query).hits.size(), cut.hits.size());
  };
  Query photo;
  photo.item_id = ids_[0];
  expect_cut(photo);
  EXPECT_NEAR(search(photo).hits[0].relevance.value(), 2 * search(photo).hits[0].similarity - 1, 1e-6);
  Query both = photo;
  both.text = "in blue";
  expect_cut(both);
  Query words;
  words.text = "blue dress";
  if (has_text()) return expect_cut(words);
  // All results have the properties that the words name.
  words.min_relevance = 0.9;
  words.limit = 100;
  EXPECT_EQ(search(words).hits.size(), 15U);
}

TEST_P(HybridSearchTest, RelevanceCountsWordsAndProperties) {
  fill();
  listing_ = {"Nuptse puffer", "Peak"};
  const ItemId nuptse = add(300, 1, 0);
  listing_ = {};
  catch_up();
  Query query;
  query.text = "nuptse";
  query.min_relevance = 0.3;
  SearchResults found = search(query);
  ASSERT_EQ(found.hits.size(), 1U);
  EXPECT_EQ(found.hits[0].item.id, nuptse);
  EXPECT_GT(found.hits[0].relevance.value(), 0.9);
  query.text = "red dress";
  found = search(query);
  ASSERT_FALSE(found.hits.empty());
  EXPECT_GT(found.hits[0].relevance.value(), 0.9) << "properties count as words do";
  EXPECT_EQ(share(found, "primary_color", "red"), 1);
}

TEST_P(HybridSearchTest, NonsenseIsNotCloseToAnything) {
  fill();
  listing_ = {"Biker jacket", "Peak"};
  add(300, 1, 0);
  listing_ = {};
  catch_up();
  for (const std::string text : {"xqzzv plorf", "mountain bike", "xqzzv"}) {
    Query query;
    query.text = text;
    query.close_only = true;
    const SearchResults found = search(query);
    EXPECT_TRUE(found.hits.empty()) << text;
    EXPECT_FALSE(found.reason.empty()) << text;
    query.close_only = false;
    EXPECT_EQ(search(query).hits.empty(), !has_text() && text != "mountain bike") << text;
  }
  Query photo;
  photo.item_id = ids_[0];
  photo.close_only = true;
  for (const Hit& hit : search(photo).hits) EXPECT_GE(hit.relevance.value(), kCloseRelevance);
}

TEST_P(HybridSearchTest, WhatAListingSaysComesFirst) {
  fill();
  listing_ = {"Graphic tee", "Red Wing"};
  const ItemId brand = add(300, 3, 1);  // a blue bag by its image and its properties
  listing_ = {"Black Sabbath tour merch", ""};
  const ItemId title = add(301, 3, 1);
  listing_ = {"Arrow hoodie", "Black Blue"};
  const ItemId colours = add(303, 3, 2);
  listing_ = {"Cloudmonster", "On"};
  const ItemId small = add(302, 2, 1);
  listing_ = {};
  catch_up();
  const auto first = [this](const std::string& text) {
    Query query;
    query.text = text;
    query.limit = 3;
    const SearchResults found = search(query);
    return found.hits.empty() ? ItemId{} : found.hits[0].item.id;
  };
  for (const std::string text : {"red wing", "Red Wing tee", "redwing"})
    EXPECT_EQ(first(text), brand) << text;
  for (const std::string text : {"black sabbath", "black sabbath dress"})
    EXPECT_EQ(first(text), title) << text;
  for (const std::string text : {"black blue", "black blue hoodie"}) EXPECT_EQ(first(text), colours) << text;
  for (const std::string text : {"on", "on shoes", "on cloudmonster"}) EXPECT_EQ(first(text), small) << text;
}

TEST_P(HybridSearchTest, WhatTheWordsDenyIsLeftOut) {
  fill();
  for (const std::string text : {"dress -red", "dress anything but red", "dress not red"}) {
    Query query;
    query.text = text;
    query.limit = 100;
    const SearchResults found = search(query);
    EXPECT_FALSE(found.hits.empty());
    EXPECT_EQ(share(found, "primary_color", "red"), 0) << text;
  }
}

TEST_P(HybridSearchTest, BrandsThatTheWordsDenyAreLeftOut) {
  for (const std::string brand : {"Nike", "NIKE", "The North Face", "North Face", "Adidas", ""}) {
    for (int i = 0; i < 5; ++i) {
      listing_ = {"", brand};
      add(static_cast<int>(ids_.size()), 0, 0);
    }
  }
  listing_ = {};
  catch_up();
  const auto brands = [this](const std::string& text, bool with_photo) {
    Query query;
    query.text = text;
    query.limit = 100;
    if (with_photo) query.image = Bytes(8);
    std::multiset<std::string> found;
    for (const Hit& hit : search(query).hits) found.insert(hit.item.listing.brand);
    return found;
  };
  embedder_.photo = vector_of(0.8, 0, 1, 0, random_);
  for (const bool with_photo : {false, true}) {
    for (const std::string text : {"not nike", "dress -nike", "red dress, no nike", "anything but Nike"}) {
      const auto found = brands(text, with_photo);
      EXPECT_EQ(found.size(), 20U) << text;
      EXPECT_EQ(found.count("Nike") + found.count("NIKE"), 0U) << text;
      EXPECT_EQ(found.count(""), 5U) << "items without a brand stay";
    }
    const auto found = brands("dress not northface or adidas", with_photo);
    EXPECT_EQ(found.size(), 15U);
    EXPECT_EQ(found.count("The North Face") + found.count("North Face") + found.count("Adidas"), 0U);
  }
}

TEST_P(HybridSearchTest, OnlyTheSamePictureIsTheSameImage) {
  const embed::Vector vector = vector_of(0.8, 0, 1, 0, random_);
  constexpr std::uint64_t kHash = 0x1234'5678'9ABC'DEF0;
  const ItemId example = add(1, 0, 0, vector, kHash);
  const ItemId copy = add(2, 0, 0, vector, kHash ^ 0b11);
  const ItemId double_of_another = add(3, 0, 0, vector, ~kHash);
  const ItemId same_hash = add(4, 1, 3, {}, kHash);
  catch_up();
  Query query;
  query.item_id = example;
  query.limit = 10;
  std::set<ItemId> same;
  for (const Hit& hit : search(query).hits) {
    if (hit.is_same_image) same.insert(hit.item.id);
  }
  EXPECT_EQ(same, std::set{copy}) << "not " << double_of_another.str() << ", not " << same_hash.str();
  query = {};
  query.text = "dress";
  for (const Hit& hit : search(query).hits) EXPECT_FALSE(hit.is_same_image);
  query.text.clear();
  query.image = Bytes(8);
  embedder_.photo = vector;
  for (const Hit& hit : search(query).hits) EXPECT_FALSE(hit.is_same_image) << "the photo has no hash";
}

TEST_P(HybridSearchTest, AnyWordCanBeDenied) {
  const auto add_titled = [this](const std::string& title, const std::string& description = "") {
    listing_ = {.title = title, .brand = "", .description = description};
    return add(static_cast<int>(ids_.size()), 0, 0);
  };
  const ItemId plain = add_titled("Evening plorft");
  const ItemId titled = add_titled("Evening plorft with Tassels");
  const ItemId described = add_titled("Party plorft", "Every tassel is sewn by hand.");
  const ItemId denying = add_titled("Plorft without tassels", "No tassels at all");
  const ItemId script = add_titled("蕾丝连衣裙");
  listing_ = {};
  catch_up();
  const auto found = [this](const std::string& text, bool with_photo) {
    Query query;
    query.text = text;
    query.limit = 100;
    if (with_photo) query.image = Bytes(8);
    std::set<ItemId> items;
    for (const Hit& hit : search(query).hits) items.insert(hit.item.id);
    return items;
  };
  embedder_.photo = vector_of(0.8, 0, 1, 0, random_);
  for (const bool with_photo : {false, true}) {
    for (const std::string text : {"plorft -tassels", "plorft, no tassels", "plorft sans tassel"}) {
      const std::set<ItemId> items = found(text, with_photo);
      EXPECT_TRUE(items.contains(plain) && items.contains(denying)) << text;
      EXPECT_FALSE(items.contains(titled) || items.contains(described)) << text;
    }
    EXPECT_FALSE(found("plorft -蕾丝", with_photo).contains(script));
  }
  EXPECT_EQ(found("-tassels", false), (std::set{plain, denying, script})) << "the latest of the others";
}

TEST_P(HybridSearchTest, ADenialOfEverythingHasAReason) {
  for (int i = 0; i < 3; ++i) {
    listing_ = {"Evening plorft", ""};
    add(i, 0, 0);
  }
  listing_ = {};
  catch_up();
  Query query;
  query.text = "-plorft";
  const SearchResults results = search(query);
  EXPECT_TRUE(results.hits.empty());
  EXPECT_EQ(results.reason, "every item for sale has a word that the query leaves out");
}

TEST_P(HybridSearchTest, ADeniedPropertyIsDeniedByWordToo) {
  listing_ = {"Scarlet and red wrap", ""};
  const ItemId titled = add(0, 1, 1);
  listing_ = {.title = "Blue wrap", .brand = "", .description = "We have it in red too."};
  const ItemId described = add(1, 1, 1);
  listing_ = {};
  catch_up();
  Query query;
  query.text = "wrap -red";
  query.limit = 10;
  std::set<ItemId> found;
  for (const Hit& hit : search(query).hits) found.insert(hit.item.id);
  EXPECT_FALSE(found.contains(titled));
  EXPECT_TRUE(found.contains(described)) << "a description tells of other items";
}

TEST_P(HybridSearchTest, WordsAloneNameProperties) {
  fill();
  Query query;
  query.text = "blue dress";
  query.limit = 10;
  const SearchResults results = search(query);
  EXPECT_EQ(results.hits.size(), 10U);
  EXPECT_EQ(share(results, "primary_color", "blue"), 1);
  EXPECT_EQ(share(results, "subcategory", "dress"), 1);
}

TEST_P(HybridSearchTest, NamesAreMatchedByWordsFirst) {
  fill();
  std::vector<ItemId> jeans;
  for (int i = 0; i < 5; ++i) {
    listing_ = {"501 Original Fit", "Levi's"};
    jeans.push_back(add(300 + i, 0, 0));
  }
  listing_ = {"Levi's style shoes", "Other"};
  const ItemId similar = add(310, 2, 1);
  listing_ = {};
  catch_up();
  for (const std::string text : {"levi's 501", "Levis 501 under $1000", "501 LEVI'S"}) {
    Query query;
    query.text = text;
    query.limit = 6;
    query.explain = true;
    const SearchResults results = search(query);
    ASSERT_GE(results.hits.size(), 5U) << text;
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(results.hits[i].item.listing.brand, "Levi's") << text;
    EXPECT_TRUE(std::ranges::contains(results.hits[0].parts, "words", &ScorePart::name)) << text;
    EXPECT_EQ(results.hits[5].item.id, similar) << text;
  }
}

TEST_P(HybridSearchTest, WordsRespectTheFilter) {
  fill();
  for (int i = 0; i < 30; ++i) {
    listing_ = {i % 3 == 0 ? "zebra coat" : "zebra hat", "Acme"};
    add(300 + i, 0, i % 3 == 0 ? 0 : 1);
  }
  listing_ = {};
  catch_up();
  Query query;
  query.text = "zebra";
  query.limit = 10;
  query.filter = parse_filter(*parse_json("", R"({"primary_color": "red", "brand": "acme"})")).value();
  const SearchResults results = search(query);
  ASSERT_EQ(results.hits.size(), 10U);
  EXPECT_EQ(share(results, "primary_color", "red"), 1);
  for (const Hit& hit : results.hits) EXPECT_EQ(hit.item.listing.title, "zebra coat");
}

TEST_P(HybridSearchTest, MistypedWordsAreCorrected) {
  fill();
  listing_ = {"Gazelle shoes", "Adidas"};
  const ItemId gazelle = add(300, 2, 0);
  listing_ = {};
  catch_up();
  Query query;
  query.text = "addidas gazele in blue, under $900";
  query.limit = 1;
  const SearchResults results = search(query);
  ASSERT_EQ(results.hits.size(), 1U);
  EXPECT_EQ(results.hits[0].item.id, gazelle);
  ASSERT_TRUE(results.parsed_text);
  ASSERT_EQ(results.parsed_text->corrected.size(), 2U);
  EXPECT_EQ(results.parsed_text->corrected[0].from, "addidas");
  EXPECT_EQ(results.parsed_text->corrected[0].to, "adidas");
  EXPECT_THAT(results.parsed_text->text, HasSubstr("adidas gazelle in blue"));
  EXPECT_EQ(results.parsed_text->max_price, 900);
  ASSERT_EQ(results.parsed_text->properties.size(), 1U);
  EXPECT_EQ(results.parsed_text->properties[0].value, "blue");
}

TEST_P(HybridSearchTest, AWeightOfZeroIgnoresWords) {
  fill();
  listing_ = {"zebra dress", ""};
  const ItemId zebra = add(300, 0, 0);
  listing_ = {};
  catch_up();
  Query query;
  query.text = "zebra dress";
  query.limit = 5;
  query.explain = true;
  EXPECT_EQ(search(query).hits.at(0).item.id, zebra);
  query.weights.words = 0;
  for (const Hit& hit : search(query).hits) {
    EXPECT_FALSE(std::ranges::contains(hit.parts, "words", &ScorePart::name));
  }
  query.text = "zebra";
  const auto results = engine_->search(query);
  EXPECT_EQ(results.has_value(), has_text()) << "without a text side only words can find items";
}

// Without a text side, items that have none of the words are not returned; with one, they follow by
// similarity.
TEST_P(HybridSearchTest, WordsAloneWorkWithoutATextSide) {
  fill();
  for (int i = 0; i < 12; ++i) {
    listing_ = {"zebra coat", "Zebra & Co"};
    add(300 + i, 0, 0);
  }
  listing_ = {};
  catch_up();
  Query query;
  query.text = "zebra";
  query.limit = 5;
  query.paged = true;
  std::set<ItemId> seen;
  SearchResults page = search(query);
  for (int pages = 0; pages < 3; ++pages) {
    for (const Hit& hit : page.hits) {
      EXPECT_TRUE(seen.insert(hit.item.id).second);
      if (seen.size() <= 12) {
        EXPECT_EQ(hit.item.listing.title, "zebra coat");
      }
      EXPECT_EQ(std::isnan(hit.similarity), !has_text());
      EXPECT_NE(hit.best_image, ImageId{});
    }
    if (page.next_cursor.empty()) break;
    query.cursor = page.next_cursor;
    page = search(query);
  }
  EXPECT_EQ(seen.size(), has_text() ? 15U : 12U);
  query.cursor.clear();
  query.text = "xylophone";
  page = search(query);
  EXPECT_EQ(page.hits.empty(), !has_text());
  EXPECT_EQ(page.reason.empty(), has_text());
  query.min_similarity = 0.1;
  query.text = "zebra";
  EXPECT_EQ(engine_->search(query).has_value(), has_text());
  query.min_similarity.reset();
  query.text = "the";
  EXPECT_EQ(search(query).hits.empty(), !has_text()) << "a small word is searched where there is no other";
}

TEST_P(HybridSearchTest, ErrorsNameTheField) {
  fill();
  const auto field_of = [&](const std::function<void(Query&)>& change) {
    Query query;
    query.item_id = ids_[0];
    change(query);
    const auto results = engine_->search(query);
    return results ? std::string("no error") : results.error().field;
  };
  EXPECT_EQ(field_of([](Query& query) { query.text = " \t"; }), "text");
  EXPECT_EQ(field_of([](Query& query) { query.text = "a\x01"; }), "text");
  EXPECT_EQ(field_of([](Query& query) { query.text = std::string("a\0b", 3); }), "text");
  EXPECT_EQ(field_of([](Query& query) { query.text = "\xFF"; }), "text");
  EXPECT_EQ(field_of([](Query& query) { query.text.assign(200'000, 'x'); }), "text");
  EXPECT_EQ(field_of([](Query& query) {
              for (int i = 0; i < 10'000; ++i) query.text += "red ";
            }),
            "text");
  EXPECT_EQ(field_of([](Query& query) { query.like = {ItemId{99999}}; }), "like");
  EXPECT_EQ(field_of([](Query& query) { query.unlike = {ItemId{99999}}; }), "unlike");
  EXPECT_EQ(field_of([](Query& query) { query.like.resize(21, ItemId{1}); }), "like");
  EXPECT_EQ(field_of([](Query& query) { query.weights.image = -1; }), "weights");
  EXPECT_EQ(field_of([](Query& query) { query.weights.text = std::nan(""); }), "weights");
  EXPECT_EQ(field_of([](Query& query) { query.weights.taste = 0.6; }), "weights");
  EXPECT_EQ(field_of([](Query& query) { query.weights.taste = std::nan(""); }), "weights");
  EXPECT_EQ(
      field_of([](Query& query) { query.weights = {.image = 0, .text = 0, .words = 0, .properties = 0}; }),
      "weights");
  EXPECT_EQ(field_of([](Query& query) {
              query.unlike = {*query.item_id};
              query.item_id.reset();
            }),
            "unlike");
  EXPECT_EQ(field_of([](Query& query) {
              query.item_id.reset();
              query.text = "under 5";
              query.min_similarity = 0.5;
            }),
            "min_similarity");
  EXPECT_EQ(field_of([](Query& query) { query.min_relevance = 1.5; }), "min_relevance");
  EXPECT_EQ(field_of([](Query& query) { query.min_relevance = std::nan(""); }), "min_relevance");
  EXPECT_EQ(field_of([](Query& query) {
              query.item_id.reset();
              query.text = "under 5";
              query.min_relevance = 0.5;
            }),
            "min_relevance");
}

}  // namespace
}  // namespace fit::search
