// Tastes of people on a real catalogue: the order of searches, and what is picked for a person.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/format.h"
#include "search/test_catalogue.h"
#include "search/test_embedder.h"
#include "search/test_items.h"
#include "style/personal/for_you.h"
#include "style/personal/taste_order.h"

namespace fit::style {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kDimensions = 16;
constexpr int kItems = 80;

// Eighty items. Those with even numbers are red, striped and of one brand, the others blue, plain and of
// another one. Vectors are drawn at random and tell nothing of it.
class PersonalContract : public ::testing::TestWithParam<store::testing::Engine> {
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
    tastes_ = std::make_unique<PersonalTastes>(catalogue_->store());
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): repeatable
    for (int i = 0; i < kItems; ++i) add(i, random);
    catalogue_->catch_up();
  }

  domain::ItemWrite made(int number, std::mt19937& random) {
    std::normal_distribution<float> normal;
    std::vector<float> vector(kDimensions);
    for (float& value : vector) value = normal(random);
    EXPECT_TRUE(embed::normalize(vector, kDimensions, "test"));
    domain::ItemWrite item = search::item_with_vector(number, fit::format("item {}", number),
                                                      catalogue_->space().id, std::move(vector));
    const bool is_red = number % 2 == 0;
    item.listing.brand = is_red ? "acme" : "other";
    item.listing.properties[domain::kPrimaryColor] = is_red ? "red" : "blue";
    item.listing.properties[domain::kPattern] = is_red ? "striped" : "plain";
    return item;
  }

  void add(int number, std::mt19937& random) {
    const domain::ItemWrite item = made(number, random);
    items_.push_back(catalogue_->store().items().upsert(std::span(&item, 1)).value().front().id);
  }

  void give(const Person& person, Signal signal, ItemId item, Timestamp time = now(),
            const std::string& key = {}) {
    const NewFeedback given{.target = parse_target("item", item.str()).value(),
                            .signal = signal,
                            .value = {},
                            .context = nullptr,
                            .key = key};
    const auto recorded = tastes_->feedback().record(person, given, time);
    EXPECT_TRUE(recorded) << recorded.error().describe();
  }

  // The person likes twelve red items and hides four blue ones.
  void like_red(const Person& person) {
    const Timestamp begin = now() - std::chrono::hours(1);
    for (int i = 0; i < 16; ++i) {
      const Timestamp time = begin + std::chrono::minutes(i);
      const auto pair = static_cast<std::size_t>(2 * i);
      if (i % 4 == 3) {
        give(person, Signal::kHide, items_[pair + 1], time);
      } else {
        give(person, Signal::kLike, items_[pair], time);
      }
    }
  }

  std::shared_ptr<const KnownTaste> known(const Person& person, std::optional<Timestamp> at = {}) {
    return tastes_->find(person, catalogue_->space(), at).value();
  }

  std::shared_ptr<const search::PersonalOrder> order(const Person& person, std::optional<Timestamp> at = {}) {
    return std::make_shared<TasteOrder>(catalogue_->store(), known(person, at));
  }

  search::Query like_the_last(std::size_t limit) const {
    search::Query query;
    query.item_id = items_.back();
    query.limit = limit;
    query.paged = true;
    query.weights.taste = search::kMaxTasteWeight;
    return query;
  }

  search::SearchResults search(const search::Query& query) {
    auto results = engine_->search(query);
    EXPECT_TRUE(results) << results.error().describe();
    return *std::move(results);
  }

  ForYouPicks picks(const Person& person, std::uint64_t seed, std::size_t limit = 10) {
    return pick_for_you(*engine_, catalogue_->store(), known(person).get(),
                        {.limit = limit, .seed = seed, .filter = {}, .required = {}})
        .value();
  }

  static std::vector<ItemId> ids_of(const search::SearchResults& results) {
    std::vector<ItemId> ids;
    for (const search::Hit& hit : results.hits) ids.push_back(hit.item.id);
    return ids;
  }
  static std::vector<ItemId> ids_of(const ForYouPicks& picks) {
    std::vector<ItemId> ids;
    for (const ForYouPick& one : picks.picks) ids.push_back(one.item.id);
    return ids;
  }
  static std::ptrdiff_t red_among(const search::SearchResults& results) {
    return std::ranges::count_if(results.hits,
                                 [](const search::Hit& hit) { return hit.item.listing.brand == "acme"; });
  }

  const Person ada_ = Person::user(1);
  const Person phone_ = Person::device("0123456789abcdef0123456789abcdef").value();
  Metrics metrics_;
  search::TestEmbedder embedder_{"colour", kDimensions, false};
  std::unique_ptr<search::TestCatalogue> catalogue_;
  std::unique_ptr<search::SearchEngine> engine_;
  std::unique_ptr<PersonalTastes> tastes_;
  std::vector<ItemId> items_;
};

TEST_P(PersonalContract, WhatIsLikedComesEarlier) {
  like_red(ada_);
  search::Query query = like_the_last(20);
  const auto plain = search(query);
  query.personal = order(ada_);
  const auto personal = search(query);
  EXPECT_EQ(personal.hits.size(), plain.hits.size());
  EXPECT_GT(red_among(personal), red_among(plain));
}

TEST_P(PersonalContract, PartsExplainTheScore) {
  like_red(ada_);
  search::Query query = like_the_last(20);
  query.explain = true;
  query.personal = order(ada_);
  const auto found = search(query);
  std::set<std::string> names;
  for (const search::Hit& hit : found.hits) {
    double sum = 0;
    for (const auto& [name, score] : hit.parts) {
      sum += score;
      names.insert(name);
    }
    EXPECT_NEAR(sum, hit.score, 1e-9);
  }
  EXPECT_TRUE(names.contains("image"));
  EXPECT_TRUE(names.contains("taste.brand"));
  EXPECT_TRUE(names.contains("taste.primary_color"));
}

TEST_P(PersonalContract, PagesGoOnWithTheTasteOfTheFirst) {
  like_red(ada_);
  search::Query query = like_the_last(35);
  query.personal = order(ada_);
  const std::vector<ItemId> all = ids_of(search(query));
  query.limit = 7;
  std::vector<ItemId> paged;
  for (int page = 0; page < 5; ++page) {
    const auto found = search(query);
    const auto ids = ids_of(found);
    paged.insert(paged.end(), ids.begin(), ids.end());
    const search::Cursor cursor = search::decode_cursor(found.next_cursor).value();
    const Timestamp at{std::chrono::microseconds(cursor.taste_at)};
    // The person taps on while leafing.
    give(ada_, Signal::kDislike, items_[static_cast<std::size_t>(40 + 2 * page)],
         at + std::chrono::seconds(1));
    query.cursor = found.next_cursor;
    query.personal = order(ada_, at);
  }
  EXPECT_EQ(paged, all);
}

TEST_P(PersonalContract, ACursorIsOfOneTaste) {
  like_red(ada_);
  search::Query query = like_the_last(7);
  query.personal = order(ada_);
  query.cursor = search(query).next_cursor;
  query.personal = nullptr;
  const auto without = engine_->search(query);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().field, "cursor");
}

TEST_P(PersonalContract, ATasteIsKeptUntilFeedbackChanges) {
  EXPECT_EQ(known(ada_), nullptr);
  like_red(ada_);
  const auto first = known(ada_);
  EXPECT_EQ(known(ada_), first);
  EXPECT_EQ(known(ada_, first->at), first);
  EXPECT_EQ(known(phone_), nullptr) << "it is nobody else's";
  give(ada_, Signal::kDislike, items_[40], first->at + std::chrono::seconds(1));
  const auto second = known(ada_);
  EXPECT_NE(second, first);
  EXPECT_TRUE(second->judged.contains(items_[40]));
  const auto before = known(ada_, first->at);
  EXPECT_FALSE(before->judged.contains(items_[40]));
  EXPECT_EQ(before->taste.confidence(), first->taste.confidence());
  EXPECT_EQ(known(ada_), second) << "an earlier moment does not become the present";
  ASSERT_TRUE(tastes_->feedback().forget_all(ada_));
  EXPECT_EQ(known(ada_), nullptr);
  EXPECT_EQ(known(ada_, first->at), nullptr) << "what was forgotten is not known";
}

TEST_P(PersonalContract, AClickDoesNotTakeADislikeBack) {
  const Timestamp begin = now() - std::chrono::hours(1);
  give(ada_, Signal::kHide, items_[0], begin);
  give(ada_, Signal::kDislike, items_[1], begin);
  give(ada_, Signal::kClick, items_[0], begin + std::chrono::minutes(1));
  give(ada_, Signal::kClick, items_[2], begin + std::chrono::minutes(2));
  give(ada_, Signal::kLike, items_[1], begin + std::chrono::minutes(3));
  EXPECT_THAT(known(ada_)->liked, ElementsAre(items_[1], items_[2]));
}

TEST_P(PersonalContract, AFloodCountsAsAFewDo) {
  const Timestamp begin = now() - std::chrono::hours(1);
  for (int i = 0; i < 10; ++i) give(ada_, Signal::kLike, items_[0], begin, fit::format("tap-{}", i));
  for (int i = 0; i < 200; ++i) give(phone_, Signal::kLike, items_[0], begin, fit::format("tap-{}", i));
  const Timestamp at = begin + std::chrono::minutes(1);
  const std::vector<search::PersonalCandidate> candidates = {{.item = items_[2], .score = 1},
                                                             {.item = items_[3], .score = 0}};
  const auto few = order(ada_, at)->parts_of(candidates, 0.5).value();
  const auto many = order(phone_, at)->parts_of(candidates, 0.5).value();
  ASSERT_EQ(few.front().size(), many.front().size());
  for (std::size_t i = 0; i < few.front().size(); ++i) {
    EXPECT_EQ(few.front()[i].name, many.front()[i].name);
    EXPECT_NEAR(few.front()[i].score, many.front()[i].score, 1e-12);
  }
}

TEST_P(PersonalContract, PicksAreLikedAndUnseen) {
  like_red(ada_);
  const auto judged = known(ada_)->judged;
  const ForYouPicks found = picks(ada_, 3);
  EXPECT_TRUE(found.is_personal);
  ASSERT_EQ(found.picks.size(), 10U);
  std::ptrdiff_t red = 0;
  std::set<ItemId> distinct;
  for (std::size_t i = 0; i < found.picks.size(); ++i) {
    const ForYouPick& one = found.picks[i];
    EXPECT_FALSE(judged.contains(one.item.id));
    EXPECT_EQ(one.is_exploration, i % 5 == 4);
    distinct.insert(one.item.id);
    red += one.item.listing.brand == "acme" ? 1 : 0;
  }
  EXPECT_EQ(distinct.size(), 10U);
  EXPECT_GE(red, 7);
}

TEST_P(PersonalContract, ASeedRepeatsPicks) {
  like_red(ada_);
  const auto first = ids_of(picks(ada_, 1));
  EXPECT_EQ(ids_of(picks(ada_, 1)), first);
  const bool all_equal = ids_of(picks(ada_, 2)) == first && ids_of(picks(ada_, 3)) == first;
  EXPECT_FALSE(all_equal);
}

TEST_P(PersonalContract, WithoutATasteThePicksAreTheNewest) {
  const ForYouPicks unknown = picks(ada_, 1, 5);
  EXPECT_FALSE(unknown.is_personal);
  const std::vector<ItemId> newest(items_.rbegin(), items_.rbegin() + 5);
  EXPECT_EQ(ids_of(unknown), newest);
  EXPECT_THAT(unknown.picks.front().taste.parts, IsEmpty());
}

TEST_P(PersonalContract, WhenAllIsSeenNothingIsPicked) {
  for (const ItemId item : items_) give(ada_, Signal::kClick, item);
  EXPECT_THAT(picks(ada_, 1).picks, IsEmpty());
}

TEST_P(PersonalContract, NewItemsAreFoundBehindAllThatIsSeen) {
  constexpr int kSeen = 600;
  like_red(ada_);
  std::mt19937 random(8);  // NOLINT(cert-msc51-cpp): repeatable
  std::vector<domain::ItemWrite> seen;
  for (int i = 0; i < kSeen; ++i) seen.push_back(made(kItems + i, random));
  ASSERT_TRUE(catalogue_->store().items().upsert(seen));
  catalogue_->catch_up();
  const std::string clicks = fit::format(
      "INSERT INTO feedback (person, target_kind, target, signal, event_key, context, given_at) SELECT "
      "'{}', 'item', CAST(id AS TEXT), 'click', '', '', {} FROM items WHERE id > {}",
      ada_.str(), (now() - std::chrono::days(1)).time_since_epoch().count(), items_.back().value);
  const auto given = catalogue_->store().database().write(
      sql::Ordering::kUnordered,
      [&clicks](sql::SqlConnection& connection) { return connection.execute(clicks, {}); });
  ASSERT_TRUE(given);
  EXPECT_EQ(*given, kSeen);
  const ForYouPicks found = picks(ada_, 1);
  ASSERT_EQ(found.picks.size(), 10U);
  EXPECT_TRUE(found.picks.at(4).is_exploration);
}

TEST_P(PersonalContract, PicksSatisfyTheFilters) {
  like_red(ada_);
  const auto found = pick_for_you(*engine_, catalogue_->store(), known(ada_).get(),
                                  {.limit = 10,
                                   .seed = 1,
                                   .filter = search::filter(R"({"brand":"other"})"),
                                   .required = search::filter(R"({"pattern":"plain"})")})
                         .value();
  EXPECT_FALSE(found.picks.empty());
  for (const ForYouPick& one : found.picks) EXPECT_EQ(one.item.listing.brand, "other");
}

INSTANTIATE_TEST_SUITE_P(Engines, PersonalContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::style
