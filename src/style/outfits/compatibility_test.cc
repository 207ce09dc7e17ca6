#include "style/outfits/compatibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/json.h"

namespace fit::style {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Three categories with one factor. The hat and the scarf attract each other by 2 * 1 * 1, and no other pair
// does; a category that is there already is repelled by 3.
Json small_model() {
  return parse_json("", R"({"about": "a test", "format": 1, "categories": ["hat", "scarf", "boots"],
      "shares": [0.5, 0.25, 0.25], "bias": [0, 0, 0.5], "size_bias": [[0, 0, 0], [0, 0, 1]], "repeat": -3,
      "weights": [2], "factors": [[1], [1], [0]]})")
      .value();
}

Compatibility small() {
  return Compatibility::parse(dump_json(small_model())).value();
}

const Compatibility& builtin() {
  static const Compatibility kModel = Compatibility::load().value();
  return kModel;
}

std::vector<std::size_t> pieces(const std::vector<std::string>& names) {
  return builtin().find_all(names).value();
}

double score(const std::string& candidate, const std::vector<std::string>& rest) {
  return builtin().score(pieces({candidate}).front(), pieces(rest));
}

TEST(Compatibility, SumsBiasesAndPairsAndNormalises) {
  const Compatibility model = small();
  EXPECT_THAT(model.categories(), ElementsAre("hat", "scarf", "boots"));
  const std::vector<std::size_t> hat = {0};
  const double sum = 0.5 * std::exp(2.0 - 3.0) + 0.25 * std::exp(2.0) + 0.25 * std::exp(0.5);
  const std::vector<double> scores = model.scores(hat);
  ASSERT_EQ(scores.size(), 3U);
  EXPECT_NEAR(scores[0], -1 - std::log(sum), 1e-12);
  EXPECT_NEAR(scores[1], 2 - std::log(sum), 1e-12);
  EXPECT_NEAR(scores[2], 0.5 - std::log(sum), 1e-12);
  EXPECT_EQ(model.score(1, hat), scores[1]);
}

TEST(Compatibility, TheLastSizeServesLargerOutfits) {
  const Compatibility model = small();
  const std::vector<std::size_t> both = {0, 1};
  const std::vector<std::size_t> all = {0, 1, 2};
  // The boots have a bias of 0.5 and of 1 for two pieces and more; among three they are repeated, too.
  const auto above_hat = [&](const std::vector<std::size_t>& rest) {
    const std::vector<double> scores = model.scores(rest);
    return scores[2] - scores[0];
  };
  EXPECT_NEAR(above_hat(both), 1.5 - (2 - 3 + 2), 1e-12);
  EXPECT_NEAR(above_hat(all), 1.5 - 3 - (2 - 3 + 2), 1e-12);
}

TEST(Compatibility, AnEmptyOutfitTellsNothing) {
  EXPECT_THAT(small().scores({}), Each(0.0));
  EXPECT_EQ(small().score_outfit({}), 0);
  const std::vector<std::size_t> one = {1};
  EXPECT_EQ(small().score_outfit(one), 0);
}

TEST(Compatibility, ARepeatedPieceCountsOnceAmongTheRest) {
  const std::vector<std::size_t> once = {0, 1};
  const std::vector<std::size_t> twice = {0, 1, 0, 1, 1};
  EXPECT_EQ(small().scores(once), small().scores(twice));
}

TEST(Compatibility, FindsCategoriesByTheirNames) {
  const Compatibility model = small();
  EXPECT_EQ(model.find("boots"), 2U);
  EXPECT_EQ(model.find("Boots"), std::nullopt);
  EXPECT_EQ(model.find(""), std::nullopt);
  const std::vector<std::string> names = {"scarf", "hat"};
  EXPECT_THAT(model.find_all(names).value(), ElementsAre(1U, 0U));
  const std::vector<std::string> unknown = {"scarf", "cape"};
  const auto found = model.find_all(unknown);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(found.error().field, "category");
  EXPECT_THAT(found.error().message, HasSubstr("\"cape\""));
}

TEST(Compatibility, RejectsADamagedModel) {
  const auto problem_with = [](const std::string& key, std::string_view value) {
    Json json = small_model();
    json[key] = parse_json("", value).value();
    const auto read = Compatibility::parse(dump_json(json));
    EXPECT_FALSE(read) << key << " " << value;
    return read ? std::string() : read.error().field;
  };
  EXPECT_EQ(Compatibility::parse("{").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(Compatibility::parse("[]").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(problem_with("format", "2"), "format");
  EXPECT_EQ(problem_with("other", "2"), "other");
  EXPECT_EQ(problem_with("categories", R"(["hat", "scarf", "hat"])"), "categories");
  EXPECT_EQ(problem_with("categories", R"(["hat", "scarf"])"), "shares");
  EXPECT_EQ(problem_with("shares", "[0.5, 0.5, 0]"), "shares");
  EXPECT_EQ(problem_with("shares", "[0.5, 0.5, 0.5]"), "shares");
  EXPECT_EQ(problem_with("bias", R"([0, 0, "x"])"), "bias");
  EXPECT_EQ(problem_with("bias", "null"), "bias");
  EXPECT_EQ(problem_with("size_bias", "[]"), "size_bias");
  EXPECT_EQ(problem_with("size_bias", "[[0, 0, 0], [0, 0]]"), "size_bias[1]");
  EXPECT_EQ(problem_with("size_bias", "[[0, 0]]"), "size_bias");
  EXPECT_EQ(problem_with("repeat", "1e6"), "repeat");
  EXPECT_EQ(problem_with("factors", "[[1], [1]]"), "factors");
  EXPECT_EQ(problem_with("factors", "[[1], [1], [1, 2]]"), "factors[2]");
  EXPECT_EQ(problem_with("factors", "[[1, 1], [1, 1], [1, 1]]"), "weights");
  EXPECT_EQ(problem_with("weights", "[]"), "weights");
}

TEST(BuiltinCompatibility, EveryPairIsFinite) {
  const std::size_t count = builtin().categories().size();
  ASSERT_GE(count, 100U);
  for (std::size_t given = 0; given < count; ++given) {
    const std::vector<double> scores = builtin().scores(std::span(&given, 1));
    ASSERT_EQ(scores.size(), count);
    for (std::size_t c = 0; c < count; ++c) {
      ASSERT_TRUE(std::isfinite(scores[c]))
          << builtin().categories()[given] << ", " << builtin().categories()[c];
    }
    // A piece is not joined by another of its category.
    ASSERT_LT(scores[given], 0) << builtin().categories()[given];
  }
}

TEST(BuiltinCompatibility, ScoresDoNotDependOnTheOrder) {
  std::mt19937 random(7);
  std::vector<std::size_t> outfit =
      pieces({"Sandals", "Earrings", "Day Dresses", "Coats", "Clutches", "Hats"});
  const std::vector<double> scores = builtin().scores(outfit);
  const double whole = builtin().score_outfit(outfit);
  for (int i = 0; i < 20; ++i) {
    std::ranges::shuffle(outfit, random);
    ASSERT_EQ(builtin().scores(outfit), scores);
    ASSERT_EQ(builtin().score_outfit(outfit), whole);
  }
}

TEST(BuiltinCompatibility, KnowsWhatIsWornTogether) {
  EXPECT_GT(score("Bikini Bottoms", {"Bikini Tops", "Sunglasses"}), std::log(5));
  EXPECT_GT(score("Jeans", {"T-Shirts", "Sneakers"}), score("Gowns", {"T-Shirts", "Sneakers"}) + 1);
  EXPECT_GT(score("Clutches", {"Gowns", "Earrings"}), score("Backpacks", {"Gowns", "Earrings"}) + 1);
  // A second pair of shoes, or trousers under a dress.
  EXPECT_LT(score("Pumps", {"Sandals", "Tops"}), -0.5);
  EXPECT_LT(score("Skinny Jeans", {"Day Dresses", "Sandals"}), -0.5);
  EXPECT_GT(builtin().score_outfit(pieces({"Tops", "Shorts", "Sandals", "Shoulder Bags"})),
            builtin().score_outfit(pieces({"Tops", "Gowns", "Sandals", "Ankle Booties"})) + 0.5);
}

}  // namespace
}  // namespace fit::style
