#include "style/taste/taste.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <unordered_map>

#include "style/taste/taste_learner.h"

namespace fit::style {
namespace {

using ::testing::IsEmpty;

constexpr std::size_t kKinds = 4;
constexpr std::size_t kColors = 5;
constexpr std::size_t kDimensions = 12;
const std::vector<std::string> kSpaces = {"clip"};
const Timestamp kBegin = parse_rfc3339("time", "2026-03-01T10:00:00Z").value();

Timestamp day(double number) {
  return kBegin + std::chrono::duration_cast<std::chrono::microseconds>(
                      std::chrono::duration<double, std::ratio<86400>>(number));
}

// 400 items of four kinds in five colours. The first axes of a vector are those of the kinds; all vectors lie
// in a narrow cone, as those of models do.
class TasteTest : public testing::Test {
 protected:
  TasteTest() {
    std::mt19937 random(3);  // NOLINT(cert-msc51-cpp): repeatable
    std::normal_distribution<float> noise(0, 0.15F);
    properties_.resize(400);
    vectors_.resize(400);
    items_.resize(400);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      std::vector<float>& vector = vectors_[i];
      vector.assign(kDimensions, 1);
      vector[i % kKinds] += 1;
      float squares = 0;
      for (float& value : vector) {
        value += noise(random);
        squares += value * value;
      }
      for (float& value : vector) value /= std::sqrt(squares);
      properties_[i][domain::kCategory] = "kind" + std::to_string(i % kKinds);
      properties_[i][domain::kPrimaryColor] = "color" + std::to_string(i / kKinds % kColors);
      items_[i].vectors = {vector};
      items_[i].properties = &properties_[i];
      items_[i].price = 20.0 + static_cast<double>(i % 100);
      items_[i].currency = "EUR";
      items_[i].size = i % 3 == 0 ? "M" : "L";
    }
    background_ = std::make_shared<const TasteBackground>(kSpaces, items_);
    for (const TasteItem& item : items_) prepared_.push_back(background_->prepare(item));
  }

  // The item of a kind and a colour, the number-th of twenty.
  static std::size_t item(std::size_t kind, std::size_t color, std::size_t number) {
    return number * kKinds * kColors + color * kKinds + kind;
  }
  static TasteTap tap(std::size_t item, Signal signal, Timestamp at) {
    return {.item = ItemId{static_cast<std::int64_t>(item) + 1}, .signal = signal, .at = at};
  }
  Taste learn(const std::vector<TasteTap>& taps, Timestamp now = kBegin) const {
    return learn_taste(
        background_, taps,
        [this](ItemId id) -> const PreparedItem* {
          const auto place = static_cast<std::size_t>(id.value - 1);
          return place < prepared_.size() ? &prepared_[place] : nullptr;
        },
        now);
  }
  double score(const Taste& taste, std::size_t item) const { return taste.score(prepared_[item]).score; }
  // Likes of one kind and colour, and dislikes of others, at a time.
  static std::vector<TasteTap> likes_of(std::size_t kind, std::size_t color, std::size_t count,
                                        Timestamp at) {
    std::vector<TasteTap> taps;
    for (std::size_t i = 0; i < count; ++i) {
      const Timestamp time = at + std::chrono::minutes(i);
      taps.push_back(i % 4 == 3
                         ? tap(item((kind + 1) % kKinds, (color + 1) % kColors, i), Signal::kHide, time)
                         : tap(item(kind, color, i), Signal::kLike, time));
    }
    return taps;
  }

  std::vector<domain::Properties> properties_;
  std::vector<std::vector<float>> vectors_;
  std::vector<TasteItem> items_;
  std::shared_ptr<const TasteBackground> background_;
  std::vector<PreparedItem> prepared_;
};

TEST_F(TasteTest, NothingIsKnownAtFirst) {
  const Taste taste = learn({});
  EXPECT_EQ(taste.confidence(), 0);
  EXPECT_EQ(score(taste, 0), 0.5);
  EXPECT_THAT(taste.score(prepared_[0]).parts, IsEmpty());
  EXPECT_THAT(taste.preferences(), IsEmpty());
  EXPECT_THAT(taste.prices(), IsEmpty());
  EXPECT_THAT(taste.centres(0), IsEmpty());
  EXPECT_EQ(taste.background(), nullptr);
}

TEST_F(TasteTest, WhatIsLikedScoresHigher) {
  const Taste taste = learn(likes_of(1, 2, 12, kBegin), day(0.1));
  EXPECT_GT(taste.confidence(), 0.5);
  EXPECT_GT(score(taste, item(1, 2, 19)), 0.75);
  EXPECT_LT(score(taste, item(2, 3, 19)), 0.35) << "it was hidden";
  EXPECT_GT(score(taste, item(1, 2, 19)), score(taste, item(1, 0, 19)));
  EXPECT_GT(score(taste, item(1, 2, 19)), score(taste, item(3, 2, 19)));
}

TEST_F(TasteTest, PartsExplainTheScore) {
  const Taste taste = learn(likes_of(1, 2, 12, kBegin), day(0.1));
  const TasteScore scored = taste.score(items_[item(1, 2, 19)]);
  double sum = 0;
  std::vector<std::string> names;
  for (const TasteScore::Part& part : scored.parts) {
    sum += part.logit;
    names.push_back(part.name);
  }
  EXPECT_NEAR(scored.score, 1 / (1 + std::exp(-sum)), 1e-9);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"vector:clip", "category", "primary_color"}));
  const auto color = std::ranges::find(scored.parts, "primary_color", &TasteScore::Part::name);
  EXPECT_GT(color->logit, 0.3);
}

TEST_F(TasteTest, ManyLikesOfOneItemMoveNoMoreThanTen) {
  const std::vector<TasteTap> before = likes_of(1, 2, 8, kBegin);
  const auto poisoned = [&](std::size_t count, Signal signal) {
    std::vector<TasteTap> taps = before;
    for (std::size_t i = 0; i < count; ++i) taps.push_back(tap(item(3, 4, 0), signal, day(0.5)));
    return learn(taps, day(1));
  };
  for (const Signal signal : {Signal::kLike, Signal::kClick, Signal::kBuy}) {
    const Taste ten = poisoned(10, signal);
    const Taste many = poisoned(10'000, signal);
    EXPECT_EQ(ten.confidence(), many.confidence());
    for (std::size_t i = 0; i < items_.size(); i += 7) EXPECT_EQ(score(ten, i), score(many, i));
    EXPECT_GT(score(many, item(1, 2, 19)), 0.65) << "what was known stays";
  }
}

TEST_F(TasteTest, TheLatestOpinionOfAnItemHolds) {
  const std::size_t one = item(0, 0, 0);
  const auto after = [&](const std::vector<Signal>& signals) {
    std::vector<TasteTap> taps;
    for (std::size_t i = 0; i < signals.size(); ++i) {
      taps.push_back(tap(one, signals[i], kBegin + std::chrono::minutes(i)));
    }
    return score(learn(taps, day(0.1)), one);
  };
  EXPECT_GT(after({Signal::kLike}), 0.5);
  EXPECT_GT(after({Signal::kBuy}), after({Signal::kLike}));
  EXPECT_GT(after({Signal::kLike}), after({Signal::kClick}));
  EXPECT_LT(after({Signal::kBuy, Signal::kHide}), 0.5);
  EXPECT_LT(after({Signal::kHide, Signal::kClick}), 0.5) << "a look is no change of mind";
  EXPECT_GT(after({Signal::kDislike, Signal::kLike}), 0.5);
  EXPECT_GT(signal_weight(Signal::kRating, 5), 0);
  EXPECT_EQ(signal_weight(Signal::kRating, 3), 0);
  EXPECT_LT(signal_weight(Signal::kRating, 1), 0);
  EXPECT_EQ(signal_weight(Signal::kRating, std::nullopt), 0);
}

TEST_F(TasteTest, FeedbackFades) {
  const std::vector<TasteTap> taps = likes_of(1, 2, 12, kBegin);
  const Taste fresh = learn(taps, day(0.1));
  const Taste later = learn(taps, day(90));
  const Taste old = learn(taps, day(3000));
  EXPECT_GT(fresh.confidence(), later.confidence());
  EXPECT_LT(old.confidence(), 0.01);
  EXPECT_NEAR(score(old, item(1, 2, 19)), 0.5, 0.01);
  const auto weight = [](const Taste& taste) {
    const auto all = taste.preferences();
    return std::ranges::find(all, "color2", &ValuePreference::value)->liked;
  };
  EXPECT_NEAR(weight(later), weight(fresh) / 2, 0.01 * weight(fresh));
}

TEST_F(TasteTest, ANewTasteReplacesAnOldOne) {
  std::vector<TasteTap> taps = likes_of(1, 2, 16, kBegin);
  const std::vector<TasteTap> recent = likes_of(3, 4, 16, day(2));
  taps.insert(taps.end(), recent.begin(), recent.end());
  const Taste taste = learn(taps, day(2.1));
  EXPECT_GT(score(taste, item(3, 4, 19)), score(taste, item(1, 2, 19)));
}

TEST_F(TasteTest, ContradictoryFeedbackIsNotBelieved) {
  std::mt19937 random(11);  // NOLINT(cert-msc51-cpp): repeatable
  double confidence = 0;
  for (int person = 0; person < 20; ++person) {
    std::vector<TasteTap> taps;
    for (std::size_t i = 0; i < 40; ++i) {
      taps.push_back(tap(random() % items_.size(), random() % 2 == 0 ? Signal::kLike : Signal::kDislike,
                         kBegin + std::chrono::minutes(i)));
    }
    confidence += learn(taps, day(0.1)).confidence() / 20;
  }
  const double consistent = learn(likes_of(1, 2, 40, kBegin), day(0.1)).confidence();
  EXPECT_LT(confidence, 0.75 * consistent);
}

TEST_F(TasteTest, ATasteMayHaveSeveralCentres) {
  std::vector<TasteTap> taps;
  for (std::size_t i = 0; i < 12; ++i) {
    taps.push_back(
        tap(item(i % 2 == 0 ? 0 : 2, i % kColors, i), Signal::kLike, kBegin + std::chrono::minutes(i)));
  }
  const Taste taste = learn(taps, day(0.1));
  const auto likeness = [&](std::size_t kind) {
    double best = -1;
    const auto centres = taste.centres(0);
    for (const TasteCentre& centre : centres) {
      best = std::max(best, double{taste_cosine(centre.direction, prepared_[item(kind, 0, 19)].vectors[0])});
    }
    return best;
  };
  EXPECT_GT(likeness(0), 0.5);
  EXPECT_GT(likeness(2), 0.5);
  EXPECT_LT(likeness(1), 0.3);
  EXPECT_LE(taste.centres(0).size(), 2 * background_->options().max_centres);
}

TEST_F(TasteTest, PreferencesHaveCountsAndShares) {
  const auto all = learn(likes_of(1, 2, 12, kBegin), day(0)).preferences();
  const auto liked = std::ranges::find(all, "color2", &ValuePreference::value);
  ASSERT_NE(liked, all.end());
  EXPECT_EQ(liked->attribute, "primary_color");
  EXPECT_GT(liked->liked, 8);
  EXPECT_EQ(liked->disliked, 0);
  EXPECT_NEAR(liked->usual_share, 0.2, 0.01);
  EXPECT_GT(liked->share, 0.8);
  const auto hidden = std::ranges::find(all, "color3", &ValuePreference::value);
  ASSERT_NE(hidden, all.end());
  EXPECT_GT(hidden->disliked, 2);
  EXPECT_LT(hidden->share, 0.1);
  EXPECT_NE(std::ranges::find(all, "kind1 M", &ValuePreference::value), all.end()) << "sizes by category";
}

TEST_F(TasteTest, PricesHaveABand) {
  std::vector<TasteTap> taps;
  for (std::size_t i = 0; i < 400; ++i) {
    if (*items_[i].price >= 100 && taps.size() < 16) taps.push_back(tap(i, Signal::kLike, kBegin));
  }
  const Taste taste = learn(taps, kBegin);
  ASSERT_EQ(taste.prices().size(), 1U);
  const PriceRange range = taste.prices().front();
  EXPECT_EQ(range.currency, "EUR");
  EXPECT_GT(range.low, 50);
  EXPECT_GT(range.high, 100);
  EXPECT_LT(range.high, 200);
  TasteItem cheap;
  cheap.currency = "EUR";
  cheap.price = 20;
  TasteItem dear = cheap;
  dear.price = 110;
  EXPECT_GT(taste.score(dear).score, taste.score(cheap).score);
  dear.currency = "USD";
  EXPECT_EQ(taste.score(dear).score, 0.5) << "the catalogue has no such prices";
}

TEST_F(TasteTest, TheOrderOfTheArgumentsDoesNotMatter) {
  std::vector<TasteTap> taps = likes_of(1, 2, 16, kBegin);
  for (std::size_t i = 0; i < 4; ++i) taps.push_back(tap(item(2, 2, i), Signal::kSave, kBegin));
  const Taste one = learn(taps, day(1));
  std::ranges::reverse(taps);
  const Taste other = learn(taps, day(1));
  EXPECT_EQ(one.confidence(), other.confidence());
  for (std::size_t i = 0; i < items_.size(); i += 11) EXPECT_EQ(score(one, i), score(other, i));
}

TEST_F(TasteTest, TargetsOneByOneGiveTheSameTaste) {
  const std::vector<TasteTap> taps = likes_of(1, 2, 16, kBegin);
  TasteLearner learner(background_);
  for (const TasteTap& one : taps) {
    learner.add(prepared_[static_cast<std::size_t>(one.item.value - 1)], signal_weight(one.signal, one.value),
                one.at);
  }
  const Taste taste = learn(taps, day(1));
  for (std::size_t i = 0; i < items_.size(); i += 11)
    EXPECT_EQ(score(learner.taste(day(1)), i), score(taste, i));
}

TEST_F(TasteTest, HostileItemsAndTimesDoNoHarm) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::vector<float>> vectors = {
      {},
      {1, 2},
      std::vector<float>(kDimensions, 0),
      std::vector<float>(kDimensions, nan),
      std::vector<float>(kDimensions, std::numeric_limits<float>::max()),
      std::vector<float>(10'000, 1)};
  const std::string long_text(100'000, 'x');
  std::unordered_map<std::int64_t, PreparedItem> items;
  std::vector<TasteTap> taps = likes_of(1, 2, 4, kBegin);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    TasteItem item;
    item.vectors = {vectors[i]};
    item.brand = i % 2 == 0 ? std::string_view(long_text) : std::string_view("a\0b\xff", 4);
    item.price = i % 2 == 0 ? -1.0 : std::numeric_limits<double>::infinity();
    item.currency = "EUR";
    const auto id = static_cast<std::int64_t>(1'000 + i);
    items.emplace(id, background_->prepare(item));
    taps.push_back({.item = ItemId{id}, .signal = Signal::kLike, .at = Timestamp::max()});
    taps.push_back(
        {.item = ItemId{id}, .signal = Signal::kRating, .value = double{nan}, .at = Timestamp::min()});
    taps.push_back({.item = ItemId{9'999}, .signal = Signal::kBuy, .at = kBegin});
  }
  for (const Timestamp now : {Timestamp::min(), kBegin, Timestamp::max()}) {
    const Taste taste = learn_taste(
        background_, taps,
        [&](ItemId id) -> const PreparedItem* {
          const auto found = items.find(id.value);
          if (found != items.end()) return &found->second;
          const auto place = static_cast<std::size_t>(id.value - 1);
          return place < prepared_.size() ? &prepared_[place] : nullptr;
        },
        now);
    EXPECT_TRUE(taste.confidence() >= 0 && taste.confidence() <= 1);
    for (std::size_t i = 0; i < items_.size(); i += 50) {
      EXPECT_TRUE(score(taste, i) > 0 && score(taste, i) < 1);
    }
    for (const auto& [id, item] : items) EXPECT_TRUE(std::isfinite(taste.score(item).score));
  }
}

TEST_F(TasteTest, ASmallCatalogueHasNoVectors) {
  const std::span<const TasteItem> few = std::span(items_).first(5);
  const TasteBackground background(kSpaces, few);
  EXPECT_EQ(background.deviation(0), 0);
  EXPECT_THAT(background.prepare(items_[0]).vectors[0], IsEmpty());
  EXPECT_FALSE(background.prices("EUR").has_value());
}

TEST_F(TasteTest, TheBackgroundKnowsHowItemsAreSpread) {
  EXPECT_GT(background_->deviation(0), 0.1);
  EXPECT_LT(background_->deviation(0), 0.8);
  EXPECT_NEAR(background_->share(domain::kCategory, "kind0"), 0.25, 0.01);
  EXPECT_GT(background_->share(domain::kCategory, "unheard of"), 0);
  EXPECT_GT(background_->share(kBrandAttribute, "x"), 0) << "no item has a brand";
  EXPECT_EQ(attribute_name(kBrandAttribute), "brand");
  EXPECT_EQ(attribute_name(domain::kPattern), "pattern");
}

}  // namespace
}  // namespace fit::style
