// Outfits of a real catalogue, with the candidates that searches find.
#include "style/recommend/outfit_recommender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "base/format.h"
#include "search/test_catalogue.h"
#include "search/test_embedder.h"
#include "search/test_items.h"
#include "style/recommend/recommend_views.h"
#include "style/saved/saved_outfit_store.h"
#include "style/wardrobe/test_assets.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit::style {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kDimensions = 16;
constexpr std::int64_t kAda = 1;
constexpr std::int64_t kBob = 2;

struct Kind {
  const char* category;
  const char* subcategory;
};
constexpr Kind kKinds[] = {{"tops", "t-shirt"},     {"tops", "blouse"},     {"tops", "sweater"},
                           {"bottoms", "jeans"},    {"bottoms", "skirt"},   {"bottoms", "trousers"},
                           {"shoes", "sneakers"},   {"shoes", "sandals"},   {"shoes", "boots"},
                           {"outerwear", "coat"},   {"bags", "handbag"},    {"bags", "wallet"},
                           {"accessories", "belt"}, {"underwear", "briefs"}};

// Eight items of each kind, those with even numbers of the brand acme. Vectors are drawn at random.
class RecommenderContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    catalogue_ = std::make_unique<search::TestCatalogue>(GetParam(), "colour", kDimensions);
    engine_ = std::make_unique<search::SearchEngine>(
        search::SearchEngine::Parts{.store = catalogue_->store(),
                                    .embedder = embedder_,
                                    .searcher = catalogue_->searcher(),
                                    .columns = catalogue_->columns(),
                                    .ontology = *ontology::Ontology::load(),
                                    .rerank_spaces = {},
                                    .image_limits = {},
                                    .metrics = metrics_});
    for (int i = 0; i < 8; ++i) {
      for (const Kind& kind : kKinds) add(kind);
    }
    catalogue_->catch_up();
  }

  ItemId add(const Kind& kind, std::string_view property = {}, const std::string& value = {}) {
    std::normal_distribution<float> normal;
    std::vector<float> vector(kDimensions);
    for (float& number : vector) number = normal(random_);
    EXPECT_TRUE(embed::normalize(vector, kDimensions, "test"));
    const int number = next_++;
    domain::ItemWrite item = search::item_with_vector(number, fit::format("item {}", number),
                                                      catalogue_->space().id, std::move(vector));
    item.listing.brand = number % 2 == 0 ? "acme" : "other";
    item.listing.properties[domain::kCategory] = kind.category;
    item.listing.properties[domain::kSubcategory] = kind.subcategory;
    if (!property.empty()) item.listing.properties[domain::property_index(property).value()] = value;
    const ItemId id = catalogue_->store().items().upsert(std::span(&item, 1)).value().front().id;
    by_kind_[kind.subcategory].push_back(id);
    return id;
  }

  Result<Recommendation> recommend(const RecommendOrder& order) {
    static const OutfitRecommender kRecommender =
        OutfitRecommender::load(ontology::Ontology::load().value()).value();
    return kRecommender.recommend(*engine_, catalogue_->store(), order);
  }

  Recommendation made(const RecommendOrder& order) {
    auto result = recommend(order);
    EXPECT_TRUE(result) << result.error().describe();
    return *std::move(result);
  }

  GarmentId own(const Kind& kind, GarmentState state = GarmentState::kReady, std::int64_t user = kAda,
                const std::string& occasion = "") {
    static const ontology::Ontology kValues = ontology::Ontology::load().value();
    GarmentDraft draft{.fields = {.name = "mine", .state = state}, .photos = {}};
    draft.fields.stated[domain::kCategory] = kind.category;
    draft.fields.stated[domain::kSubcategory] = kind.subcategory;
    draft.fields.stated[domain::kOccasion] = occasion;
    return WardrobeStore(catalogue_->store().database(), kValues).add(user, draft, Timestamp{}).value().id;
  }

  static std::vector<GarmentId> garments_of(const Recommendation& recommendation) {
    std::vector<GarmentId> ids;
    for (const RecommendedOutfit& outfit : recommendation.outfits) {
      for (const RecommendedPiece& piece : outfit.pieces) {
        if (piece.garment) ids.push_back(piece.garment->id);
      }
    }
    return ids;
  }

  static std::vector<ItemId> ids_of(const RecommendedOutfit& outfit) {
    std::vector<ItemId> ids;
    for (const RecommendedPiece& piece : outfit.pieces) ids.push_back(piece.item->id);
    return ids;
  }
  static std::vector<ItemId> ids_of(const Recommendation& recommendation) {
    std::vector<ItemId> ids;
    for (const RecommendedOutfit& outfit : recommendation.outfits)
      std::ranges::copy(ids_of(outfit), std::back_inserter(ids));
    return ids;
  }

  std::unique_ptr<search::TestCatalogue> catalogue_;
  Metrics metrics_;
  search::TestEmbedder embedder_{"colour", kDimensions, false};
  std::unique_ptr<search::SearchEngine> engine_;
  std::mt19937 random_{7};  // NOLINT(cert-msc51-cpp): repeatable
  int next_ = 0;
  std::map<std::string, std::vector<ItemId>> by_kind_;  // by subcategory
};

TEST_P(RecommenderContract, MakesThreeOutfitsAroundAnItem) {
  const ItemId jeans = by_kind_["jeans"][3];
  const Recommendation found = made({.around = jeans});
  ASSERT_THAT(found.outfits, SizeIs(3));
  EXPECT_THAT(found.gaps, IsEmpty());
  std::set<ItemId> others;
  for (const RecommendedOutfit& outfit : found.outfits) {
    EXPECT_THAT(ids_of(outfit), Contains(jeans));
    EXPECT_THAT(outfit.pieces, SizeIs(6));
    for (const RecommendedPiece& piece : outfit.pieces) {
      EXPECT_EQ(piece.is_locked, piece.item->id == jeans);
      EXPECT_NE(piece.category, "Wallets");
      if (piece.is_locked) continue;
      EXPECT_TRUE(others.insert(piece.item->id).second);
    }
  }
}

TEST_P(RecommenderContract, EqualOrdersGiveEqualOutfits) {
  const RecommendOrder order{.around = by_kind_["skirt"][0], .seed = 5};
  EXPECT_EQ(ids_of(made(order)), ids_of(made(order)));
  EXPECT_THAT(made({}).outfits, SizeIs(3)) << "without a piece that outfits are around";
}

TEST_P(RecommenderContract, OnePieceIsSwappedAndTheRestStays) {
  const RecommendOrder order{.around = by_kind_["jeans"][0], .count = 1};
  const std::vector<ItemId> before = ids_of(made(order).outfits.front());
  RecommendOrder swap = order;
  const auto bag = std::ranges::find_if(
      before, [this](ItemId item) { return std::ranges::contains(by_kind_["handbag"], item); });
  ASSERT_NE(bag, before.end());
  swap.exclude = {*bag};
  std::ranges::copy_if(before, std::back_inserter(swap.lock),
                       [&](ItemId item) { return item != *bag && item != order.around; });
  const std::vector<ItemId> after = ids_of(made(swap).outfits.front());
  ASSERT_EQ(after.size(), before.size());
  EXPECT_THAT(after, Not(Contains(*bag)));
  for (const ItemId item : swap.lock) EXPECT_THAT(after, Contains(item));
}

TEST_P(RecommenderContract, ItemsThatTheCallerDoesNotSeeDoNotExist) {
  RecommendOrder order;
  order.required = search::filter(R"({"brand":"acme"})");
  const Recommendation found = made(order);
  ASSERT_THAT(found.outfits, Not(IsEmpty()));
  for (const RecommendedOutfit& outfit : found.outfits) {
    for (const RecommendedPiece& piece : outfit.pieces) EXPECT_EQ(piece.item->listing.brand, "acme");
  }
  ItemId hidden;
  for (const ItemId item : by_kind_["sandals"]) {
    if (catalogue_->store().items().get(item).value().listing.brand == "other") hidden = item;
  }
  ASSERT_NE(hidden.value, 0);
  order.around = hidden;
  EXPECT_EQ(recommend(order).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(recommend(order).error().field, "around");
  order.around.reset();
  order.lock = {hidden};
  EXPECT_EQ(recommend(order).error().field, "lock");
}

TEST_P(RecommenderContract, OccasionAndWeatherLeaveOutWhatContradicts) {
  const ItemId formal = add({"bags", "clutch"}, "occasion", "formal");
  const ItemId sport = add({"bags", "backpack"}, "occasion", "sport");
  catalogue_->catch_up();
  const Recommendation found = made({.occasion = "formal", .count = 10});
  EXPECT_THAT(ids_of(found), Contains(formal));
  EXPECT_THAT(ids_of(found), Not(Contains(sport)));

  for (const RecommendedOutfit& outfit : made({.weather = Weather{.temperature_c = 2}}).outfits) {
    const auto has = [&](Slot slot) {
      return std::ranges::contains(outfit.pieces, slot, &RecommendedPiece::slot);
    };
    EXPECT_TRUE(has(Slot::kOuterLayer));
    EXPECT_FALSE(std::ranges::contains(outfit.pieces, "Sandals", &RecommendedPiece::category));
  }
  for (const RecommendedOutfit& outfit : made({.weather = Weather{.temperature_c = 28}}).outfits) {
    EXPECT_FALSE(std::ranges::contains(outfit.pieces, Slot::kOuterLayer, &RecommendedPiece::slot));
  }
}

TEST_P(RecommenderContract, AGapHasTheNearestListings) {
  std::vector<ItemId> shoes;
  for (const char* const kind : {"sneakers", "sandals", "boots"}) {
    std::ranges::copy(by_kind_[kind], std::back_inserter(shoes));
  }
  RecommendOrder order{.around = by_kind_["trousers"][0], .exclude = shoes, .count = 1};
  const ItemId lounge = add({"shoes", "flip flops"}, "occasion", "lounge");
  order.occasion = "work";
  catalogue_->catch_up();
  const Recommendation found = made(order);
  ASSERT_THAT(found.outfits, SizeIs(1));
  EXPECT_THAT(found.outfits.front().empty_slots, Contains(Slot::kShoes));
  ASSERT_THAT(found.gaps, SizeIs(1));
  EXPECT_EQ(found.gaps.front().slot, Slot::kShoes);
  ASSERT_THAT(found.gaps.front().listings, SizeIs(1)) << "excluded items are no listings of a gap";
  EXPECT_EQ(found.gaps.front().listings.front().id, lounge);
}

TEST_P(RecommenderContract, AWardrobeGivesOutfitsAndTheCatalogueFillsTheirGaps) {
  const GarmentId shirt = own({"tops", "t-shirt"});
  const GarmentId jeans = own({"bottoms", "jeans"});
  own({"shoes", "boots"}, GarmentState::kInTheWash);
  own({"shoes", "sneakers"}, GarmentState::kLent);
  own({"bags", "handbag"}, GarmentState::kRetired);
  own({"shoes", "sandals"}, GarmentState::kReady, kBob);
  own({"accessories", "belt"}, GarmentState::kReady, kAda, "sport");
  const Recommendation found =
      made({.from = OutfitSource::kWardrobe, .user = kAda, .occasion = "work", .count = 3});
  ASSERT_THAT(found.outfits, SizeIs(1));
  EXPECT_THAT(garments_of(found), ElementsAre(shirt, jeans));
  EXPECT_THAT(found.outfits.front().pieces, SizeIs(2));
  EXPECT_THAT(found.outfits.front().empty_slots,
              ElementsAre(Slot::kShoes, Slot::kOuterLayer, Slot::kBag, Slot::kAccessory));
  ASSERT_THAT(found.gaps, SizeIs(4));
  EXPECT_EQ(found.gaps.front().slot, Slot::kShoes);
  EXPECT_THAT(found.gaps.front().listings, SizeIs(kGapListings));
  EXPECT_THAT(made({.from = OutfitSource::kWardrobe, .user = 9}).outfits, IsEmpty());
}

TEST_P(RecommenderContract, GarmentsAreCombinedWithListings) {
  const GarmentId shirt = own({"tops", "t-shirt"});
  const GarmentId lent = own({"bottoms", "jeans"}, GarmentState::kLent);
  const Recommendation around = made({.around_garment = lent, .user = kAda});
  ASSERT_THAT(around.outfits, SizeIs(3));
  EXPECT_THAT(garments_of(around), ElementsAre(lent, lent, lent)) << "a locked piece may be lent";
  for (const RecommendedOutfit& outfit : around.outfits) EXPECT_THAT(outfit.pieces, SizeIs(6));

  RecommendOrder both{.lock = {by_kind_["jeans"][0]}, .from = OutfitSource::kBoth, .user = kAda};
  both.filter = search::filter(R"({"category":["bottoms","shoes"]})");
  EXPECT_THAT(garments_of(made(both)), Contains(shirt));
  both.exclude_garments = {shirt};
  EXPECT_THAT(garments_of(made(both)), IsEmpty());
  both.exclude_garments = {};
  both.lock_garments = {shirt};
  both.count = 1;
  const Recommendation locked = made(both);
  ASSERT_THAT(locked.outfits, SizeIs(1));
  EXPECT_THAT(garments_of(locked), ElementsAre(shirt));
}

TEST_P(RecommenderContract, ASeedDrawsGarmentsAndLeavesEnough) {
  for (int i = 0; i < 4; ++i) {
    for (const Kind& kind : {kKinds[0], kKinds[1], kKinds[2], kKinds[3], kKinds[4], kKinds[5]}) own(kind);
  }
  RecommendOrder order{.from = OutfitSource::kWardrobe, .user = kAda, .count = 3, .seed = 1};
  const std::vector<GarmentId> first = garments_of(made(order));
  EXPECT_THAT(first, SizeIs(6));
  EXPECT_EQ(garments_of(made(order)), first);
  std::set<std::vector<GarmentId>> drawn;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    order.seed = seed;
    drawn.insert(garments_of(made(order)));
  }
  EXPECT_GT(drawn.size(), 1U);
}

TEST_P(RecommenderContract, GarmentsOfOthersDoNotExist) {
  const GarmentId jeans = own({"bottoms", "jeans"}, GarmentState::kReady, kBob);
  const GarmentId perfume = own({"beauty", "perfume"});
  const auto field_of = [this](const RecommendOrder& order) {
    const auto result = recommend(order);
    return result ? "" : std::string(to_string(result.error().code)) + " " + result.error().field;
  };
  EXPECT_EQ(field_of({.around_garment = jeans, .user = kAda}), "not_found around");
  EXPECT_EQ(field_of({.lock_garments = {jeans}, .user = kAda}), "not_found lock");
  EXPECT_EQ(field_of({.around_garment = perfume, .user = kAda}), "invalid around");
  EXPECT_EQ(field_of({.around_garment = jeans, .lock = {by_kind_["skirt"][0]}, .user = kBob}),
            "invalid lock");
}

TEST_P(RecommenderContract, ImpossibleOrdersAreNamed) {
  const auto field_of = [this](const RecommendOrder& order) {
    const auto result = recommend(order);
    return result ? "" : std::string(to_string(result.error().code)) + " " + result.error().field;
  };
  EXPECT_EQ(field_of({.around = ItemId{999'999}}), "not_found around");
  EXPECT_EQ(field_of({.around = by_kind_["briefs"][0]}), "invalid around");
  EXPECT_EQ(field_of({.lock = {by_kind_["jeans"][0], by_kind_["skirt"][0]}}), "invalid lock");
  const ItemId dress = add({"dresses", "dress"});
  catalogue_->catch_up();
  EXPECT_EQ(field_of({.around = dress, .lock = {by_kind_["jeans"][0]}}), "invalid lock");
}

TEST_P(RecommenderContract, ListingsLookLikeTheGarmentThatTheyAreFor) {
  const std::int64_t space = catalogue_->space().id;
  const ItemId model = by_kind_["boots"][0];
  const auto vector =
      catalogue_->store().vectors().of_items(space, std::span(&model, 1)).value().front().values;
  const std::int64_t photo = testing::add_asset(catalogue_->store().database(), "photo").value();
  ASSERT_TRUE(testing::add_vector(catalogue_->store().database(), photo, space, vector));
  const GarmentId jeans = own({"bottoms", "jeans"});
  const ontology::Ontology values = ontology::Ontology::load().value();
  ASSERT_TRUE(WardrobeStore(catalogue_->store().database(), values)
                  .change(
                      kAda, jeans,
                      [photo](const Garment& garment) -> Result<GarmentDraft> {
                        return GarmentDraft{.fields = garment.fields, .photos = {{.asset = photo}}};
                      },
                      Timestamp{}));
  // More listings of the kind of the model than a slot has candidates, so that only the nearest are taken.
  for (int i = 0; i < 80; ++i) add({"shoes", "boots"});
  catalogue_->catch_up();
  const auto shoes = [&](RecommendOrder order) {
    std::set<ItemId> found;
    order.filter.any_of = {{"subcategory", {"boots", "t-shirt", "skirt"}}};
    for (const RecommendedOutfit& outfit : made(order).outfits) {
      for (const RecommendedPiece& piece : outfit.pieces) {
        if (piece.slot == Slot::kShoes && piece.item) found.insert(piece.item->id);
      }
    }
    return found;
  };
  EXPECT_THAT(shoes({.around_garment = jeans, .user = kAda, .count = 10}), Contains(model))
      << "the oldest listing, which looks like the garment";
  EXPECT_THAT(shoes({.count = 10}), Not(Contains(model))) << "the newest";
}

TEST_P(RecommenderContract, WhatAPersonLikesCounts) {
  const Person person = Person::user(kAda);
  PersonalTastes tastes(catalogue_->store());
  std::vector<ItemId> liked;
  for (const char* const kind : {"blouse", "jeans", "boots"}) {
    for (const ItemId item : by_kind_[kind]) liked.push_back(item);
  }
  for (const ItemId item : liked) {
    const NewFeedback given{.target = parse_target("item", item.str()).value(), .signal = Signal::kLike};
    ASSERT_TRUE(tastes.feedback().record(person, given, now()));
  }
  const auto known = tastes.find(person, catalogue_->space()).value();
  ASSERT_GT(known->taste.confidence(), 0);
  RecommendOrder order{.count = 1};
  EXPECT_EQ(made(order).outfits[0].parts.taste, 0);
  EXPECT_FALSE(made(order).is_personal);
  order.known = known;
  const Recommendation personal = made(order);
  EXPECT_TRUE(personal.is_personal);
  EXPECT_NE(personal.outfits[0].parts.taste, 0);
  EXPECT_EQ(made(order).outfits[0].parts.taste, personal.outfits[0].parts.taste);
}

TEST_P(RecommenderContract, WhatAPersonRefusesIsNotMadeAgainForAWhile) {
  const Person person = Person::user(kAda);
  PersonalTastes tastes(catalogue_->store());
  const RecommendOrder plain{.from = OutfitSource::kBoth, .user = kAda, .count = 1};
  const GarmentId belt = own({"accessories", "belt"});
  const RecommendedOutfit first = made(plain).outfits.front();
  const auto refuse = [&](const char* kind, const std::string& id, Timestamp at) {
    const NewFeedback given{.target = parse_target(kind, id).value(), .signal = Signal::kDislike};
    ASSERT_TRUE(tastes.feedback().record(person, given, at));
  };
  const auto personal = [&](RecommendOrder order) {
    order.known = tastes.find(person, catalogue_->space()).value();
    return made(order);
  };
  const Timestamp long_ago = now() - std::chrono::days(kRefusalDays + 1);
  refuse("outfit", first.id, long_ago);
  EXPECT_EQ(personal(plain).outfits.front().id, first.id);
  ASSERT_TRUE(tastes.feedback().forget_all(person));
  refuse("outfit", first.id, now());
  EXPECT_NE(personal(plain).outfits.front().id, first.id);
  // A piece of an outfit is refused everywhere, unless somebody asks for it.
  const ItemId shoe = by_kind_["boots"].back();
  refuse("piece", first.id + "/" + shoe.str(), now());
  refuse("garment", belt.str(), now());
  RecommendOrder many = plain;
  many.count = kMaxOutfits;
  const Recommendation rest = personal(many);
  EXPECT_THAT(garments_of(rest), Not(Contains(belt)));
  for (const RecommendedOutfit& outfit : rest.outfits) {
    for (const RecommendedPiece& piece : outfit.pieces) {
      EXPECT_FALSE(piece.item && piece.item->id == shoe);
    }
  }
  many.lock = {shoe};
  many.lock_garments = {belt};
  EXPECT_THAT(garments_of(personal(many)), Contains(belt));
}

TEST_P(RecommenderContract, ASavedOutfitIsRefusedByItsPieces) {
  const Person person = Person::user(kAda);
  PersonalTastes tastes(catalogue_->store());
  RecommendOrder order{.user = kAda, .count = 1};
  const RecommendedOutfit first = made(order).outfits.front();
  SavedOutfitFields fields;
  for (const ItemId item : ids_of(first)) fields.pieces.push_back({.item = item});
  SavedOutfitStore outfits(catalogue_->store().database());
  const SavedOutfitId saved = outfits.add(kAda, fields, now()).value().id;
  const NewFeedback given{.target = parse_target("outfit", saved.str()).value(), .signal = Signal::kDislike};
  ASSERT_TRUE(tastes.feedback().record(person, given, now()));
  order.known = tastes.find(person, catalogue_->space()).value();
  EXPECT_NE(made(order).outfits.front().id, first.id);
  order.user = kBob;
  EXPECT_EQ(made(order).outfits.front().id, first.id) << "the outfits of others do not exist";
}

TEST_P(RecommenderContract, TheResponseHasItemsPartsAndReasons) {
  const Recommendation found = made({.around = by_kind_["jeans"][0]});
  const search::ResultViews views("");
  Json response = recommendation_json(found, views, true);
  const Json& outfit = response["outfits"][0];
  double sum = 0;
  for (const auto& [name, part] : outfit["parts"].items()) sum += part.get<double>();
  EXPECT_NEAR(outfit["score"].get<double>(), sum, 1e-3);
  EXPECT_EQ(outfit["pieces"][0]["kind"], "item");
  EXPECT_EQ(outfit["pieces"][0]["garment"], nullptr);
  EXPECT_EQ(outfit["empty_slots"], Json::array());
  EXPECT_THAT(items_of(response), SizeIs(18));
  EXPECT_FALSE(recommendation_json(found, views, false)["outfits"][0].contains("parts"));
}

INSTANTIATE_TEST_SUITE_P(Engines, RecommenderContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::style
