// What Query::required hides, tested in memory and in the database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>

#include "base/format.h"
#include "base/text.h"
#include "cache/memory_cache.h"
#include "search/filter_words.h"
#include "search/result_cache.h"
#include "search/search_engine.h"
#include "search/test_embedder.h"
#include "search/test_items.h"
#include "search/test_random_catalogues.h"

namespace fit::search {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kAxes = 16;

// Embeds texts, and every image file as `photo`.
class PhotoEmbedder final : public AxesEmbedder {
 public:
  explicit PhotoEmbedder(bool has_text)
      : AxesEmbedder({"dress", "jacket", "red", "blue"}, kAxes, has_text,
                     {.photo = embed::RelevanceCurve::make("photo", {0, 0, 1}).value(),
                      .words = embed::RelevanceCurve::make("words", {0, 0.2, 1}).value()}) {}

  Result<embed::Vector> embed_file(std::string_view, ByteView, const media::Limits&) override {
    return photo;
  }
  Result<std::vector<embed::PropertyPredictions>> predict(std::span<const embed::Vector> vectors) override {
    return std::vector(vectors.size(), embed::PropertyPredictions{});
  }

  embed::Vector photo = embed::Vector(kAxes, 0.25F);
};

// A catalogue with its engine.
class Shop {
 public:
  Shop(const store::testing::Engine& engine, embed::Embedder& embedder, cache::Cache* cache = nullptr)
      : catalogue_(engine, "words", kAxes) {
    if (cache != nullptr) {
      results_ = std::make_unique<ResultCache>(ResultCache::Parts{.store = catalogue_.store(),
                                                                  .searcher = catalogue_.searcher(),
                                                                  .columns = catalogue_.columns(),
                                                                  .cache = *cache,
                                                                  .time_to_live = std::chrono::hours(1),
                                                                  .settings = "",
                                                                  .metrics = catalogue_.metrics(),
                                                                  .rates = &rates_});
    }
    engine_ = std::make_unique<SearchEngine>(SearchEngine::Parts{.store = catalogue_.store(),
                                                                 .embedder = embedder,
                                                                 .searcher = catalogue_.searcher(),
                                                                 .columns = catalogue_.columns(),
                                                                 .ontology = *ontology::Ontology::load(),
                                                                 .rerank_spaces = {},
                                                                 .image_limits = {},
                                                                 .metrics = catalogue_.metrics(),
                                                                 .cache = results_.get(),
                                                                 .rates = &rates_});
    rates_.set(
        std::make_shared<const ExchangeRates>(ExchangeRates::parse("rates", "EUR,1\nUSD,1.25").value()));
  }

  TestCatalogue& catalogue() { return catalogue_; }
  store::Catalogue& store() { return catalogue_.store(); }
  SearchEngine& engine() { return *engine_; }

  ItemId write(const domain::ItemWrite& item) {
    return store().items().upsert(std::span(&item, 1)).value().front().id;
  }
  Result<SearchResults> search(const Query& query) { return engine_->search(query); }

 private:
  TestCatalogue catalogue_;
  CurrentRates rates_;
  std::unique_ptr<ResultCache> results_;
  std::unique_ptr<SearchEngine> engine_;
};

// Makes items, filters and queries. Every item has as many words, so that the mean length of texts, which
// weights words, is the same in all catalogues.
class RandomShop {
 public:
  template <std::size_t count>
  std::string one_of(const std::array<std::string_view, count>& values) {
    return std::string(values.at(random_() % count));
  }
  bool one_in(unsigned n) { return random_() % n == 0; }

  std::vector<float> vector() {
    std::normal_distribution<float> normal;
    std::vector<float> values(kAxes);
    for (float& value : values) value = normal(random_);
    embed::normalize(values, kAxes, "test").value();
    for (float& value : values) value = static_cast<float>(static_cast<_Float16>(value));
    return values;
  }

  domain::ItemWrite item(int number, std::int64_t space) {
    domain::ItemWrite item = item_with_vector(
        number, fit::format("{} {} {}", one_of(kWords), one_of(kWords), one_of(kWords)), space, vector());
    domain::Listing& listing = item.listing;
    listing.external_id = fit::format("x{}", number);
    listing.source = one_of(kSources);
    listing.brand = one_of(kBrands);
    const bool has_two = listing.brand.contains(' ');
    listing.description = fit::format("{} {}{}", one_of(kWords), one_of(kWords), has_two ? "" : " filler");
    if (listing.brand.empty()) listing.description += " filler";
    listing.size = one_in(2) ? "M" : "L";
    if (!one_in(5)) {
      listing.price = random_() % 100;
      listing.currency = one_in(2) ? "USD" : "EUR";
    }
    if (!one_in(4)) listing.listed_at = Timestamp(std::chrono::seconds(1'700'000'000 + random_() % 100));
    listing.status = one_in(4) ? one_of(kStates) : "active";
    set(item, "category", one_of(kCategories));
    set(item, "subcategory", one_of(kSubcategories));
    set(item, "primary_color", one_of(kColours));
    set(item, "secondary_color", one_in(2) ? "" : one_of(kColours));
    set(item, "material", one_of(kMaterials));
    item.images.front().perceptual_hash = random_();
    return item;
  }

  Filter some_filter() {
    Filter filter;
    if (one_in(2)) filter.any_of.push_back({"brand", {one_of(kAskedBrands), "GAP"}});
    if (one_in(4)) filter.any_of.push_back({"brand", {one_of(kAskedBrands)}});
    if (one_in(3)) filter.any_of.push_back({"category", {one_of(kAskedKinds)}});
    if (one_in(3)) filter.none_of.push_back({"subcategory", {one_of(kAskedKinds)}});
    if (one_in(3)) filter.none_of.push_back({"primary_color", {one_of(kColours)}});
    if (one_in(3)) filter.any_of.push_back({"status", {"active", one_of(kStates)}});
    if (one_in(6)) filter.any_of.push_back({"status", {one_of(kStates)}});
    if (one_in(6)) filter.none_of.push_back({"status", {one_of(kStates)}});
    if (one_in(4)) filter.min_price = random_() % 50;
    if (one_in(4)) filter.max_price = 20 + random_() % 80;
    if (one_in(5)) filter.listed_after = Timestamp(std::chrono::seconds(1'700'000'000 + random_() % 100));
    if (one_in(5)) {
      filter.price_in.push_back({.currency = one_in(2) ? "USD" : "EUR", .max = 20.0 + random_() % 80});
    }
    if (one_in(5)) filter.currencies = {one_in(2) ? "USD" : "EUR"};
    if (one_in(6)) {
      for (int i = 0; i < 60; ++i) filter.external_ids.push_back(fit::format("x{}", random_() % 200));
    }
    std::erase_if(filter.any_of, [](const ValueSet& one) { return one.values.front().empty(); });
    std::erase_if(filter.none_of, [](const ValueSet& one) { return one.values.front().empty(); });
    return filter;
  }

  Filter required() {
    Filter filter = some_filter();
    if (one_in(2) || filter.empty()) filter.any_of.push_back({"source", {one_of(kSources)}});
    return filter;
  }

  Query query(const std::vector<ItemId>& items) {
    Query query;
    const auto some_item = [&] { return items.at(random_() % items.size()); };
    const auto kind = random_() % 7;
    if (kind == 0) query.item_id = some_item();
    if (kind == 1 || kind == 2) query.image = Bytes(1);
    if (kind == 3) query.like = {some_item(), some_item()};
    if (kind == 4) query.browse = true;
    if (kind != 1 && kind != 4 && (kind > 4 || one_in(2))) query.text = text();
    if (one_in(8) && kind != 4) query.unlike = {some_item()};
    if (one_in(2)) query.filter = some_filter();
    if (one_in(4)) {
      constexpr std::array kOrders = {domain::SortOrder::kNewest, domain::SortOrder::kLowestPrice,
                                      domain::SortOrder::kHighestPrice};
      query.sort = kOrders.at(random_() % kOrders.size());
    }
    if (one_in(3)) query.facets = {"brand", "category", "primary_color", "status", "price", "source"};
    query.limit = 1 + random_() % 30;
    query.explain = one_in(2);
    query.collapse_duplicates = one_in(6);
    query.paged = true;
    return query;
  }

 private:
  static void set(domain::ItemWrite& item, std::string_view property, std::string_view value) {
    item.listing.properties[*domain::property_index(property)] = value;
  }

  std::string text() {
    std::string text;
    for (unsigned i = 0; i <= random_() % 4; ++i) {
      text += (text.empty() ? "" : " ") + one_of(kAsked);
    }
    return text;
  }

  static constexpr std::array<std::string_view, 4> kSources = {"shop-a", "shop-b", "shop-c", "Shop-A"};
  static constexpr std::array<std::string_view, 8> kBrands = {"Gap",    "gap",         "Levis", "Klein",
                                                              "kleins", "White Stuff", "Acme",  ""};
  static constexpr std::array<std::string_view, 6> kAskedBrands = {"gap",  "levis", "white stuff",
                                                                   "acme", "levys", "Kline"};
  static constexpr std::array<std::string_view, 3> kStates = {"sold", "reserved", "hidden"};
  static constexpr std::array<std::string_view, 7> kCategories = {"tops", "Tshirts", "bottoms",   "Pants",
                                                                  "",     "Dresses", "Headwear X"};
  static constexpr std::array<std::string_view, 6> kSubcategories = {"t-shirt", "polo shirt", "dress",
                                                                     "jacket",  "Coat",       ""};
  static constexpr std::array<std::string_view, 6> kAskedKinds = {"tops",    "t-shirt",  "pants",
                                                                  "dresses", "headwear", "jacket"};
  static constexpr std::array<std::string_view, 7> kColours = {"red",  "Blue",  "navy", "Grey",
                                                               "gray", "ivory", ""};
  static constexpr std::array<std::string_view, 5> kMaterials = {"cotton", "wool", "ivory", "Vantablend", ""};
  static constexpr std::array<std::string_view, 14> kWords = {
      "gazelle", "gazette",   "summer",  "winter", "corduroy", "jacket", "ivory",
      "kleid",   "superstar", "jackets", "floral", "vintage",  "klein",  "pink"};
  static constexpr std::array<std::string_view, 26> kAsked = {
      "gazele",  "gazette", "sumer",       "winter",     "cordroy", "jacket", "ivory",      "kleid", "klein",
      "red",     "navy",    "white stuff", "polo shirt", "in",      "tee",    "vantablend", "gap",   "leviss",
      "superst", "floral",  "without",     "under $60",  "coat",    "pants",  "headwear",   "vintge"};

  std::mt19937 random_{23};
};

std::string dump(const SearchResults& results) {
  std::string text;
  for (const Hit& hit : results.hits) {
    text += fit::format("{} {:.3f} {:.3f} {:.4f} {};", hit.item.id.value, hit.similarity,
                        hit.relevance.value_or(-1), hit.score, static_cast<int>(hit.tier));
    for (const ScorePart& part : hit.parts) text += fit::format(" {} {:.4f}", part.name, part.score);
    text += "\n";
  }
  for (const domain::Facet& facet : results.facets) {
    text += facet.name + ": ";
    for (const auto& one : facet.values) text += fit::format("{} {}, ", one.value, one.count);
    for (const auto& one : facet.histogram) text += fit::format("{}-{} {}, ", one.from, one.to, one.count);
    text += fit::format("others {}, missing {}, {}-{}\n", facet.others, facet.missing,
                        facet.lowest.value_or(-1), facet.highest.value_or(-1));
  }
  text += "reason " + results.reason + "\n";
  if (const auto& parsed = results.parsed_text) {
    text += fit::format("read as {} | {} | {}-{}", parsed->text, parsed->rest, parsed->min_price.value_or(-1),
                        parsed->max_price.value_or(-1));
    for (const SoftProperty& one : parsed->properties) {
      text += fit::format(" {}{}={}{}", one.wanted ? "" : "not ", one.property, one.value,
                          one.is_used ? "" : " (unused)");
    }
    for (const std::string& name : parsed->names) text += " name " + name;
    for (const auto& one : parsed->corrected) text += fit::format(" corrected {}>{}", one.from, one.to);
    for (const auto& one : parsed->suggested) text += fit::format(" suggested {}>{}", one.from, one.to);
  }
  for (const GivenUp& one : results.given_up) text += fit::format(" given up {}={}", one.property, one.value);
  return text + fit::format("\nmore {}\n", !results.next_cursor.empty());
}

class RequiredFilterTest : public testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    shop_ = std::make_unique<Shop>(GetParam(), embedder_);
  }

  ItemId add(int number, const std::function<void(domain::Listing&)>& change, Shop* shop = nullptr) {
    Shop& to = shop != nullptr ? *shop : *shop_;
    domain::ItemWrite item = random_.item(number, to.catalogue().space().id);
    item.listing.status = "active";
    change(item.listing);
    return to.write(item);
  }

  // Answers a query and all of its pages, or says the error.
  static std::string answer(Shop& shop, Query query) {
    std::string text;
    for (int page = 0; page < 3; ++page) {
      const auto results = shop.search(query);
      if (!results) return text + results.error().describe();
      text += dump(*results);
      query.cursor = results->next_cursor;
      if (query.cursor.empty()) break;
    }
    return text;
  }

  // A catalogue of the items only, with their ids.
  std::unique_ptr<Shop> shop_of(const std::vector<ItemId>& items) {
    auto shop = std::make_unique<Shop>(GetParam(), embedder_);
    const std::int64_t from = shop_->catalogue().space().id;
    std::vector<domain::ItemCopy> copies;
    for (const ItemId item : items) {
      copies.push_back({.record = shop_->store().items().get(item).value(), .vectors = {}});
      copies.back().vectors[shop->catalogue().space().id] =
          shop_->store().vectors().of_items(from, std::span(&item, 1)).value();
    }
    if (!copies.empty()) shop->store().items().copy(copies).value();
    shop->catalogue().catch_up();
    return shop;
  }

  PhotoEmbedder embedder_{true};
  RandomShop random_;
  std::unique_ptr<Shop> shop_;
};

INSTANTIATE_TEST_SUITE_P(Engines, RequiredFilterTest,
                         testing::ValuesIn(store::testing::engines_and_partitions()),
                         [](const auto& engine) { return engine.param.name; });

// The answer is that of a catalogue that has no other items.
TEST_P(RequiredFilterTest, HiddenItemsDoNotExist) {
  std::vector<ItemId> items;
  for (int i = 0; i < 150; ++i) items.push_back(shop_->write(random_.item(i, shop_->catalogue().space().id)));
  shop_->catalogue().catch_up();
  for (int round = 0; round < 6; ++round) {
    const Filter required = random_.required();
    std::vector<ItemId> visible;
    for (const ItemId item : items) {
      if (shop_->engine().may_show(item, required).value()) visible.push_back(item);
    }
    const auto small = shop_of(visible);
    const auto is_active = [&](ItemId item) {
      return shop_->store().items().get(item).value().listing.status == "active";
    };
    const bool has_active = std::ranges::any_of(visible, is_active);
    for (int i = 0; i < 60; ++i) {
      Query query = random_.query(items);
      // Columns in the database do not notice that a query without conditions selects nothing.
      if (!has_active) query.filter.any_of.push_back({"status", {"sold", "reserved", "hidden"}});
      const std::string expected = answer(*small, query);
      query.required = required;
      EXPECT_EQ(answer(*shop_, query), expected)
          << round << "." << i << ": \"" << query.text << "\", " << visible.size() << " items";
      if (HasFailure()) return;
    }
  }
}

// Stored listings and columns are judged alike, also by the meanings of words.
TEST_P(RequiredFilterTest, JudgesListingsAsColumnsDo) {
  std::vector<ItemId> items;
  for (int i = 0; i < 150; ++i) items.push_back(shop_->write(random_.item(i, shop_->catalogue().space().id)));
  shop_->catalogue().catch_up();
  const ItemColumns& columns = shop_->catalogue().columns();
  CatalogueWords words(columns.values(), *ontology::Ontology::load());
  const ExchangeRates rates = ExchangeRates::parse("rates", "EUR,1\nUSD,1.25").value();
  for (int round = 0; round < 200; ++round) {
    const ExchangeRates* const used = round % 3 == 0 ? nullptr : &rates;
    const Filter filter = round == 0 ? Filter{} : random_.some_filter();
    Filter selected = in_catalogue_words(columns, words, filter).value();
    if (!filter.external_ids.empty()) {
      selected.among = shop_->store().items().of_external_ids(filter.external_ids).value();
    }
    convert_prices(selected, used);
    const auto found = columns.latest(columns.select(selected).value(), items.size()).value();
    for (const ItemId item : items) {
      const auto record = shop_->store().items().get(item).value();
      EXPECT_EQ(satisfies(record.listing, words, used, filter), std::ranges::contains(found, item))
          << round << " " << item.value;
    }
    if (HasFailure()) return;
  }
}

TEST_P(RequiredFilterTest, TheStatusOfAQueryStaysItsOwn) {
  const ItemId active = add(1, [](domain::Listing& one) { one.brand = "Gap"; });
  const ItemId sold = add(2, [](domain::Listing& one) {
    one.brand = "Gap";
    one.status = "sold";
  });
  shop_->catalogue().catch_up();
  const auto found = [&](std::string_view required, std::string_view own) {
    Query query;
    query.browse = true;
    query.required = filter(required);
    query.filter = filter(own);
    std::vector<ItemId> ids;
    const SearchResults results = shop_->search(query).value();
    for (const Hit& hit : results.hits) ids.push_back(hit.item.id);
    return ids;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(found(R"({"brand":"gap"})", R"({"status":["active","sold"]})"), ElementsAre(active));
  EXPECT_THAT(found(R"({"status":["active","sold"]})", "{}"), ElementsAre(active));
  EXPECT_THAT(found(R"({"status":["active","sold"]})", R"({"status":"sold"})"), ElementsAre(sold));
  EXPECT_THAT(found(R"({"status":"sold"})", "{}"), IsEmpty());
  EXPECT_THAT(found(R"({"status":"sold"})", R"({"status":{"not":"hidden"}})"), ElementsAre(sold));
  EXPECT_THAT(found(R"({"status":"active"})", R"({"status":["sold","reserved"]})"), IsEmpty());
}

TEST_P(RequiredFilterTest, HiddenExamplesAreUnknown) {
  const auto brand = [](std::string name) { return [name](domain::Listing& one) { one.brand = name; }; };
  const ItemId shown = add(1, brand("Gap"));
  const ItemId hidden = add(2, brand("Acme"));
  const ItemId gone = add(3, brand("Gap"));
  ASSERT_TRUE(shop_->store().items().remove(gone));
  shop_->catalogue().catch_up();
  const auto error_of = [&](ItemId item, void (*place)(Query& query, ItemId item)) {
    Query query;
    query.image = Bytes(1);
    query.required = filter(R"({"brand":"gap"})");
    place(query, item);
    const auto results = shop_->search(query);
    return results ? std::string() : results.error().describe();
  };
  for (const auto place : {+[](Query& query, ItemId item) {
                             query.item_id = item;
                             query.image.clear();
                           },
                           +[](Query& query, ItemId item) { query.like = {item}; },
                           +[](Query& query, ItemId item) { query.unlike = {item}; }}) {
    EXPECT_EQ(error_of(shown, place), "");
    std::string of_unknown = error_of(gone, place);
    EXPECT_THAT(of_unknown, HasSubstr("there is no item"));
    of_unknown.replace(of_unknown.find(gone.str()), gone.str().size(), hidden.str());
    EXPECT_EQ(error_of(hidden, place), of_unknown);
  }
}

TEST_P(RequiredFilterTest, NamesNoHiddenValueOrWord) {
  const auto put = [&](int number, const std::string& brand, const std::string& title,
                       const std::string& material) {
    add(number, [&](domain::Listing& one) {
      one.brand = brand;
      one.source = brand == "Gap" ? "shop-a" : "elsewhere";
      one.title = title;
      one.description = "";
      one.properties[*domain::property_index("material")] = material;
    });
  };
  put(1, "Gap", "gazelle dress", "wool");
  put(2, "Secretbrand", "zanzibari caftan", "vantablend");
  put(3, "GAP", "superstar dress", "");
  shop_->catalogue().catch_up();
  const auto ask = [&](std::string_view own, std::string_view text, bool is_limited) {
    Query query;
    query.text = text;
    query.browse = query.text.empty();
    query.filter = filter(own);
    query.facets = {"brand"};
    if (is_limited) query.required = filter(R"({"source":"shop-a","external_id":["x1","x2"]})");
    return shop_->search(query).value();
  };
  const auto reason = [&](std::string_view own) { return ask(own, "", true).reason; };
  EXPECT_THAT(ask(R"({"brand":"secretbrnd"})", "", false).reason, HasSubstr("Secretbrand"));
  EXPECT_EQ(reason(R"({"brand":"secretbrnd"})"), "no item has the brand \"secretbrnd\"");
  EXPECT_EQ(reason(R"({"brand":"secretbrand"})"), "no item has the brand \"secretbrand\"");
  EXPECT_EQ(reason(R"({"source":"elsewhere"})"), "no item has the source \"elsewhere\"");
  EXPECT_EQ(reason(R"({"material":"vantablendd"})"), "no item has the material \"vantablendd\"");
  EXPECT_EQ(reason(R"({"external_id":"x2"})"), "no item has the external_id x2");
  EXPECT_EQ(reason(R"({"brand":"gapp"})"), "no item has the brand \"gapp\"; did you mean \"Gap\"?");

  const auto read_as = [&](std::string_view text, bool is_limited) {
    const SearchResults results = ask("{}", text, is_limited);
    std::string said;
    for (const SoftProperty& one : results.parsed_text->properties) said += one.value + " ";
    for (const auto& one : results.parsed_text->corrected) said += one.from + ">" + one.to + " ";
    for (const auto& one : results.parsed_text->suggested) said += one.from + "?" + one.to + " ";
    return said;
  };
  EXPECT_EQ(read_as("zanzibarri", false), "zanzibarri>zanzibari ");
  EXPECT_EQ(read_as("zanzibarri", true), "");
  EXPECT_EQ(read_as("gazele", true), "gazele>gazelle ");
  EXPECT_EQ(read_as("superstra", false), "superstra>superstar ");
  EXPECT_EQ(read_as("superstra", true), "") << "the third item is hidden too";
  EXPECT_EQ(read_as("vantablend", false), "vantablend ");
  EXPECT_EQ(read_as("vantablend", true), "");
  const auto facets = ask("{}", "", true).facets;
  ASSERT_EQ(facets.at(0).values.size(), 1U);
  EXPECT_EQ(facets[0].values[0].value, "Gap");
  EXPECT_EQ(facets[0].values[0].count, 1U);
}

// The spelling of a value is that of an item which the caller may see.
TEST_P(RequiredFilterTest, SpellsValuesAsVisibleItemsDo) {
  for (int i = 1; i <= 4; ++i) {
    add(i, [i](domain::Listing& one) {
      one.source = i % 2 == 0 ? "shop-a" : "shop-b";
      one.brand = i % 2 == 0 ? "gAp" : "GAP";
    });
  }
  shop_->catalogue().catch_up();
  Query query;
  query.browse = true;
  query.facets = {"brand"};
  EXPECT_EQ(shop_->search(query).value().facets.at(0).values.at(0).value, "GAP");
  query.required = filter(R"({"source":"shop-a"})");
  const auto results = shop_->search(query).value();
  EXPECT_EQ(results.facets.at(0).values.at(0).value, "gAp");
  query.filter = filter(R"({"brand":"gaap"})");
  EXPECT_THAT(shop_->search(query).value().reason, HasSubstr("\"gAp\""));
}

// A write that hides an item holds at once, though columns in memory follow later.
TEST_P(RequiredFilterTest, SeesCommittedWrites) {
  const Filter required = filter(R"({"category":{"not":"tops"},"source":"shop-a"})");
  const auto put = [&](int number, std::string_view category) {
    return add(number, [category](domain::Listing& one) {
      one.source = "shop-a";
      one.properties[domain::kCategory] = category;
    });
  };
  const ItemId first = put(1, "dresses");
  const ItemId second = put(2, "shoes");
  shop_->catalogue().catch_up();
  EXPECT_TRUE(shop_->engine().may_show(first, required).value());
  put(1, "Tee Shirts");  // a spelling that the columns do not know yet
  EXPECT_FALSE(shop_->engine().may_show(first, required).value());
  EXPECT_FALSE(shop_->engine().may_show(ItemId{999}, required).value());
  EXPECT_TRUE(shop_->engine().may_show(first, {}).value());
  Query query;
  query.image = Bytes(1);
  query.required = required;
  const auto results = shop_->search(query).value();
  ASSERT_EQ(results.hits.size(), 1U);
  EXPECT_EQ(results.hits[0].item.id, second);
}

TEST_P(RequiredFilterTest, CallersShareNoCachedResultsAndNoCursors) {
  cache::MemoryCache cache{{}};
  Shop shop(GetParam(), embedder_, &cache);
  for (int i = 0; i < 20; ++i) {
    add(i, [i](domain::Listing& one) { one.source = i % 2 == 0 ? "shop-a" : "shop-b"; }, &shop);
  }
  shop.catalogue().catch_up();
  Query query;
  query.image = Bytes(1);
  query.limit = 3;
  query.paged = true;
  const auto sources = [&](const SearchResults& results) {
    std::string text;
    for (const Hit& hit : results.hits) text += hit.item.listing.source + " ";
    return text;
  };
  query.required = filter(R"({"source":"shop-a"})");
  const auto of_a = shop.search(query).value();
  EXPECT_EQ(sources(of_a), "shop-a shop-a shop-a ");
  EXPECT_TRUE(shop.search(query).value().is_cached);
  query.required = filter(R"({"source":"shop-b"})");
  const auto of_b = shop.search(query).value();
  EXPECT_FALSE(of_b.is_cached);
  EXPECT_EQ(sources(of_b), "shop-b shop-b shop-b ");
  query.cursor = of_a.next_cursor;
  EXPECT_EQ(shop.search(query).error().field, "cursor");
  query.required = {};
  EXPECT_EQ(shop.search(query).error().field, "cursor");
}

}  // namespace
}  // namespace fit::search
